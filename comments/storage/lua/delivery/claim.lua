-- Lease the deliveries of a webhook that are due first. Their comments get no other delivery until the lease ends.
-- include lib/clock
-- include lib/delivery
-- KEYS     deliveries, deliveries:rests, webhook:lanes, webhook:versions
-- ARGV[1]  webhook, lease_ms, n (of different comments)
-- Returns  the records.
local deliveries, pauses, next_attempts, versions = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local till, failures = read_pause(pauses, args.webhook)
if till > now then return {} end
-- After a failure, one delivery alone tests whether the receiver works again.
local comments = redis.call("ZRANGEBYSCORE", next_attempts, "-inf", now, "LIMIT", 0, failures > 0 and 1 or args.n)
if #comments == 0 then return {} end
local leases, ids = {}, {}
for i, comment in ipairs(comments) do
  leases[2 * i - 1], leases[2 * i] = now + args.lease_ms, comment
  ids[#ids + 1] = next_delivery(versions, args.webhook, comment)
end
redis.call("ZADD", next_attempts, unpack(leases))
if failures > 0 then
  redis.call("HSET", pauses, args.webhook, string.format("%.0f|%d|asked", now + args.lease_ms, failures))
end
return redis.call("HMGET", deliveries, unpack(ids))

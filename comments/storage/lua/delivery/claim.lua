-- Lease the delivery of a webhook that is due first. Its comment gets no other delivery until the lease ends.
-- include lib/clock
-- include lib/delivery
-- KEYS     deliveries, deliveries:rests, webhook:lanes, webhook:versions
-- ARGV[1]  webhook, lease_ms
-- Returns  the record, or nothing.
local deliveries, pauses, next_attempts, versions = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local till, failures = read_pause(pauses, args.webhook)
if till > now then return false end
local comment = redis.call("ZRANGEBYSCORE", next_attempts, "-inf", now, "LIMIT", 0, 1)[1]
if not comment then return false end
redis.call("ZADD", next_attempts, now + args.lease_ms, comment)
-- After a failure, one delivery alone tests whether the receiver works again.
if failures > 0 then
  redis.call("HSET", pauses, args.webhook, string.format("%.0f|%d|asked", now + args.lease_ms, failures))
end
return redis.call("HGET", deliveries, next_delivery(versions, args.webhook, comment))

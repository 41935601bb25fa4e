-- Lease the oldest due comments to one worker. If nothing is due, end the worker's wake-up.
-- include lib/clock
-- KEYS     due, wakes, attempts, counters, claim
-- ARGV[1]  token (of the wake-up), n, lease_ms, wakeup_ms, has_id (a repeat of the claim gets the same comments)
-- Returns  id, attempts, id, attempts and so on.
local due, wakeups, attempts, counters, claim = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local claimed = args.has_id and redis.call("LRANGE", claim, 0, -1) or {}
if #claimed > 0 then return claimed end
local ids = redis.call("ZRANGEBYSCORE", due, "-inf", now, "LIMIT", 0, args.n)
if #ids == 0 then
  redis.call("ZREM", wakeups, args.token)
  return {}
end

-- A comment that was claimed before may have killed its worker, so it is leased alone.
local before = redis.call("HMGET", attempts, unpack(ids))
local claims = {}
for i, id in ipairs(ids) do
  if before[i] and i > 1 then break end
  redis.call("ZADD", due, now + args.lease_ms, id)
  claims[#claims + 1] = id
  claims[#claims + 1] = redis.call("HINCRBY", attempts, id, 1)
  if before[i] then break end
end
redis.call("HINCRBY", counters, "attempts", #claims / 2)
redis.call("ZADD", wakeups, now + args.wakeup_ms, args.token)
if args.has_id then
  redis.call("RPUSH", claim, unpack(claims))
  redis.call("PEXPIRE", claim, args.lease_ms)
end
return claims

-- claim: lease the oldest due comments to one worker; with nothing due, spend its wake-up.
-- KEYS  1 due  2 wakes  3 attempts  4 counters
-- ARGV  1 token of the wake-up  2 n  3 ms of lease  4 ms a wake-up lives
-- gives id, attempts, id, attempts ...
local now = clock()
local ids = redis.call("ZRANGEBYSCORE", KEYS[1], "-inf", now, "LIMIT", 0, ARGV[2])
if #ids == 0 then
  redis.call("ZREM", KEYS[2], ARGV[1])
  return {}
end

-- Whatever was claimed before may be what killed that worker: it goes alone.
local before = redis.call("HMGET", KEYS[3], unpack(ids))
local claims = {}
for i, id in ipairs(ids) do
  if before[i] and i > 1 then break end
  redis.call("ZADD", KEYS[1], now + ARGV[3], id)
  claims[#claims + 1] = id
  claims[#claims + 1] = redis.call("HINCRBY", KEYS[3], id, 1)
  if before[i] then break end
end
redis.call("HINCRBY", KEYS[4], "attempts", #claims / 2)
redis.call("ZADD", KEYS[2], now + ARGV[4], ARGV[1])
return claims

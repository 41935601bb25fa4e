-- take: hand out the delivery to a webhook that is due first, and leave its comment alone for the lease.
-- KEYS  1 deliveries  2 rests  3 lanes  4 versions
-- ARGV  1 webhook  2 ms of lease
-- gives the record, or nothing
local now = clock()
local till, failures = rest(KEYS[2], ARGV[1])
if till > now then return false end
local comment = redis.call("ZRANGEBYSCORE", KEYS[3], "-inf", now, "LIMIT", 0, 1)[1]
if not comment then return false end
redis.call("ZADD", KEYS[3], now + ARGV[2], comment)
-- One that failed is asked by one courier alone whether it is well again.
if failures > 0 then redis.call("HSET", KEYS[2], ARGV[1], now + ARGV[2] .. "|" .. failures .. "|asked") end
return redis.call("HGET", KEYS[1], head(KEYS[4], ARGV[1], comment))

-- take: hand out the delivery to a webhook that is due first, and leave the webhook alone for the lease.
-- KEYS  1 deliveries  2 rests  3 lanes  4 versions
-- ARGV  1 webhook  2 ms of lease
-- gives the record, or nothing
local now = clock()
local till, failures = rest(KEYS[2], ARGV[1])
if till > now then return false end
local comment = redis.call("ZRANGEBYSCORE", KEYS[3], "-inf", now, "LIMIT", 0, 1)[1]
if not comment then return false end
redis.call("HSET", KEYS[2], ARGV[1], now + ARGV[2] .. "|" .. failures)
return redis.call("HGET", KEYS[1], head(KEYS[4], ARGV[1], comment))

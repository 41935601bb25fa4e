-- report: keep one network's report of a comment, unless it sends too fast.
-- KEYS  1 rate  2 reports of the comment  3 reported  4 counters
-- ARGV  1 comment id  2 name of the network  3 what is wrong  4 per_minute (0: no limit)  5 seconds reports are kept
--       6 networks of one comment at most
-- gives {seconds to wait} or {0, what each network found wrong...}
local now = clock()

local whole_again, wait = after_one_more(KEYS[1], tonumber(ARGV[4]), now)
if wait > 0 then return {wait} end
spend(KEYS[1], whole_again)

if redis.call("HLEN", KEYS[2]) < tonumber(ARGV[6]) and redis.call("HSETNX", KEYS[2], ARGV[2], ARGV[3]) == 1 then
  redis.call("EXPIRE", KEYS[2], ARGV[5])
  redis.call("ZADD", KEYS[3], now, ARGV[1])
  redis.call("ZREMRANGEBYSCORE", KEYS[3], "-inf", now - 1000 * ARGV[5])
  redis.call("EXPIRE", KEYS[3], ARGV[5])
  redis.call("HINCRBY", KEYS[4], "reported", 1)
end
return {0, unpack(redis.call("HVALS", KEYS[2]))}

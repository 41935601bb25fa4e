-- lift: take a standing back and note it, if there was one.
-- KEYS  1 rules, 2 audit
-- ARGV  1 name, 2 entry
-- gives 1 or 0
if redis.call("HDEL", KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call("XADD", KEYS[2], "*", "e", ARGV[2])
return 1

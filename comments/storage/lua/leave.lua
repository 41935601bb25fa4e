-- leave: somebody looks no more, at one of these comments or, without any, at whatever it is.
-- KEYS  1 attention
-- ARGV  1 person  2.. comments
local was = redis.call("HGET", KEYS[1], ARGV[1])
if not was then return 0 end
for i = 2, #ARGV do
  if string.sub(was, 1, string.len(ARGV[i]) + 1) == ARGV[i] .. " " then return redis.call("HDEL", KEYS[1], ARGV[1]) end
end
return #ARGV == 1 and redis.call("HDEL", KEYS[1], ARGV[1]) or 0

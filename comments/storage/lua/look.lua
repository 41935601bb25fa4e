-- look: somebody looks at a comment, in place of any that they looked at before.
-- KEYS  1 attention
-- ARGV  1 person  2 comment  3 ms that it lasts
local now = clock()
local since = now
local was = redis.call("HGET", KEYS[1], ARGV[1])
if was then
  local id, from, till = string.match(was, "^(%S+) (%d+) (%d+)$")
  if id == ARGV[2] and tonumber(till) > now then since = tonumber(from) end
end
redis.call("HSET", KEYS[1], ARGV[1], string.format("%s %.0f %.0f", ARGV[2], since, now + ARGV[3]))
redis.call("PEXPIRE", KEYS[1], math.max(tonumber(ARGV[3]), redis.call("PTTL", KEYS[1])))
return 1

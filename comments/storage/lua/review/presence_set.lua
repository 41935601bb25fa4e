-- Record that a moderator has a comment open, in place of the one they had open before.
-- include lib/clock
-- KEYS     attention
-- ARGV[1]  moderator, comment, ms (how long the entry lasts)
local presence = KEYS[1]
local args, now = cjson.decode(ARGV[1]), clock()
local since = now
local id, from, till = string.match(redis.call("HGET", presence, args.moderator) or "", "^(%S+) (%d+) (%d+)$")
if id == args.comment and tonumber(from) <= now and tonumber(till) > now then since = tonumber(from) end
redis.call("HSET", presence, args.moderator, string.format("%s %.0f %.0f", args.comment, since, now + args.ms))
redis.call("PEXPIRE", presence, math.max(args.ms, redis.call("PTTL", presence)))

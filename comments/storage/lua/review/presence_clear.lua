-- Remove a moderator's entry if they have one of these comments open, or in any case if no comments are given.
-- KEYS     attention
-- ARGV[1]  moderator, comments
local presence, args = KEYS[1], cjson.decode(ARGV[1])
local entry = redis.call("HGET", presence, args.moderator)
if not entry then return end
local open = string.match(entry, "^%S+")
local matches = #args.comments == 0
for _, id in ipairs(args.comments) do matches = matches or id == open end
if matches then redis.call("HDEL", presence, args.moderator) end

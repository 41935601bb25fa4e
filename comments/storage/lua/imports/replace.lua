-- Replace the state of a site's import if it is still as it was read.
-- KEYS     state
-- ARGV[1]  seconds (that it is kept)
-- ARGV[2]  state as read; "" if there must be none yet
-- ARGV[3]  state to write; "" to delete it
-- Returns  1, or 0 if the state changed since it was read.
local state, args = KEYS[1], cjson.decode(ARGV[1])
if (redis.call("GET", state) or "") ~= ARGV[2] then return 0 end
if ARGV[3] == "" then redis.call("DEL", state) else redis.call("SET", state, ARGV[3], "EX", args.seconds) end
return 1

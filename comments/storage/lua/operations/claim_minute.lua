-- Give the current minute to the first sweep that asks in it.
-- include lib/clock
-- KEYS     history:minute
-- ARGV[1]  minute_ms
-- Returns  the minute, counted from 1970; false for all others.
local claimed, args = KEYS[1], cjson.decode(ARGV[1])
local minute = string.format("%.0f", math.floor(clock() / args.minute_ms))
if redis.call("GET", claimed) == minute then return false end
redis.call("SET", claimed, minute, "PX", 2 * args.minute_ms)
return minute

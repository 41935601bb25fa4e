-- Register as many of the new tokens as wake-ups are missing.
-- include lib/clock
-- include lib/wakeups
-- KEYS     wakes, due
-- ARGV[1]  batch, max_wakeups, wakeup_ms, tokens
-- Returns  the registered tokens; the caller enqueues a job for each.
local wakeups, due = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local tokens = {}
for i = 1, math.min(#args.tokens, wakeups_missing(wakeups, due, now, args.batch, args.max_wakeups)) do
  redis.call("ZADD", wakeups, now + args.wakeup_ms, args.tokens[i])
  tokens[i] = args.tokens[i]
end
return tokens

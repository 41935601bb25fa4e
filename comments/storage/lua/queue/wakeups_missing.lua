-- Register as many of the new tokens as wake-ups are missing.
-- include lib/clock
-- include lib/wakeups
-- KEYS     wakes, due, checks:due
-- ARGV[1]  batch, max_wakeups, wakeup_ms, lease_ms, waiting (tokens whose jobs wait in the queue), tokens
-- Returns  the registered tokens; the caller enqueues a job for each.
local wakeups, queues = KEYS[1], {KEYS[2], KEYS[3]}
local args, now = cjson.decode(ARGV[1]), clock()

-- A time beyond twice its own length was written before the server's clock was set back. It has passed.
redis.call("ZREMRANGEBYSCORE", wakeups, "(" .. now + 2 * args.wakeup_ms, "+inf")
for _, token in ipairs(args.waiting) do redis.call("ZADD", wakeups, now + args.wakeup_ms, token) end
for _, due in ipairs(queues) do
  for _, id in ipairs(redis.call("ZRANGEBYSCORE", due, "(" .. now + 2 * args.lease_ms, "+inf", "LIMIT", 0, 1000)) do
    redis.call("ZADD", due, now, id)
  end
end

local tokens = {}
for i = 1, math.min(#args.tokens, wakeups_missing(wakeups, queues, now, args.batch, args.max_wakeups)) do
  redis.call("ZADD", wakeups, now + args.wakeup_ms, args.tokens[i])
  tokens[i] = args.tokens[i]
end
return tokens

-- Lease the oldest due comments and checks to one worker. If nothing is due, end the worker's wake-up.
-- include lib/clock
-- KEYS     due, wakes, attempts, counters, claim, checks:due
-- ARGV[1]  token (of the wake-up; "" for a judge that listens), n, lease_ms, wakeup_ms, has_id (a repeat of the claim
--          gets the same ones)
-- Returns  id, attempts, id, attempts and so on.
local due, wakeups, attempts, counters, claim, due_checks = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local claimed = args.has_id and redis.call("LRANGE", claim, 0, -1) or {}
if #claimed > 0 then return claimed end

-- Somebody waits for a check, so checks come first. Comments get half of a batch at least, so that both go on.
local ids = redis.call("ZRANGEBYSCORE", due_checks, "-inf", now, "LIMIT", 0, args.n)
local comments = redis.call("ZRANGEBYSCORE", due, "-inf", now, "LIMIT", 0, args.n)
local n_comments = math.min(#comments, math.max(args.n - #ids, math.floor(args.n / 2)))
local n_checks = math.min(#ids, args.n - n_comments)
for i = #ids, n_checks + 1, -1 do ids[i] = nil end
for i = 1, n_comments do ids[n_checks + i] = comments[i] end
if #ids == 0 then
  redis.call("ZREM", wakeups, args.token)
  return {}
end

-- One that was claimed before may have killed its worker, so it is leased alone.
local before = redis.call("HMGET", attempts, unpack(ids))
local claims, of_comments = {}, 0
for i, id in ipairs(ids) do
  if before[i] and i > 1 then break end
  redis.call("ZADD", i <= n_checks and due_checks or due, now + args.lease_ms, id)
  if i > n_checks then of_comments = of_comments + 1 end
  claims[#claims + 1] = id
  claims[#claims + 1] = redis.call("HINCRBY", attempts, id, 1)
  if before[i] then break end
end
if of_comments > 0 then redis.call("HINCRBY", counters, "attempts", of_comments) end
if args.token ~= "" then redis.call("ZADD", wakeups, now + args.wakeup_ms, args.token) end
if args.has_id then
  redis.call("RPUSH", claim, unpack(claims))
  redis.call("PEXPIRE", claim, args.lease_ms)
end
return claims

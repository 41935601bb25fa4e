-- Store a check, queue it and decide whether a job is needed; or say why it is refused. All or nothing.
-- include lib/clock
-- include lib/rate_limit
-- include lib/wakeups
-- KEYS     check, checks, checks:due, wakes, due, key, rate
-- ARGV[1]  id, seconds, max_kept, max_waiting, per_minute, has_key, key_seconds, batch, max_wakeups,
--          wakeup_ms, records (first part of the keys of checks), site, channel (of work on the site)
-- ARGV[2]  record
-- ARGV[3]  fingerprint
-- Returns  accepted and a token ("" if no job is needed), repeat and the earlier id, rate_limited and seconds,
--          key_reused, or full.
local check, checks, due, wakeups, due_comments, repeats, rate = unpack(KEYS)
local new, record, fingerprint = cjson.decode(ARGV[1]), ARGV[2], ARGV[3]
local now = clock()

if new.has_key then
  local id, known = string.match(redis.call("GET", repeats) or "", "^([^|]*)|(.*)$")
  if id and known ~= fingerprint then return {"key_reused"} end
  if id then return {"repeat", id} end
end

local free_at, wait = check_rate(rate, new.per_minute, now)
if wait > 0 then return {"rate_limited", wait} end
if redis.call("ZCARD", due) >= new.max_waiting then return {"full"} end

-- Drop some of the answered checks that expire first, and return how many. Checks that wait for a judge stay.
local function drop_answered(most)
  local dropped, first, n = 0, 0, most
  repeat
    local ids = redis.call("ZRANGE", checks, first, first + n - 1)
    local is_last = #ids < n
    n = 100
    for _, id in ipairs(ids) do
      if dropped == most then break end
      if redis.call("ZSCORE", due, id) then
        first = first + 1
      else
        redis.call("ZREM", checks, id)
        redis.call("UNLINK", new.records .. id)
        dropped = dropped + 1
      end
    end
  until dropped == most or is_last
  return dropped
end

if new.max_kept > 0 then
  -- Any number may expire at once. Those that are left are the first to be dropped below.
  local expired = math.min(redis.call("ZCOUNT", checks, "-inf", now), 1000)
  if expired > 0 then redis.call("ZREMRANGEBYRANK", checks, 0, expired - 1) end
  local beyond = redis.call("ZCARD", checks) + 1 - new.max_kept
  -- Few at once: after the limit was lowered, each new check makes room for some.
  if beyond > 0 and drop_answered(math.min(beyond, 50)) == 0 then return {"full"} end
end
redis.call("SET", check, record, "EX", new.seconds)
if new.max_kept > 0 then
  redis.call("ZADD", checks, now + new.seconds * 1000, new.id)
  if redis.call("TTL", checks) < new.seconds then redis.call("EXPIRE", checks, new.seconds) end
end
redis.call("ZADD", due, now, new.id)
if new.has_key then redis.call("SET", repeats, new.id .. "|" .. fingerprint, "EX", new.key_seconds) end
use_rate(rate, free_at)

return {"accepted", announce_work(wakeups, {due, due_comments}, now, new)}

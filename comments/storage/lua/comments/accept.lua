-- Store a submission, queue it and decide whether a job is needed; or say why it is refused. All or nothing.
-- include lib/byte_limit
-- include lib/clock
-- include lib/rate_limit
-- include lib/thread_tree
-- include lib/wakeups
-- KEYS     comment, status:queued, due, wakes, counters, key or same (this minute), same (the minute before),
--          threads:closed, threads:opened, nodes, roots, user, staff:names, threads:aliases, threads:known,
--          threads:prefixes, then rate and after them bytes of each network and of the site
-- ARGV[1]  id, bytes, received, has_key, thread, parent, per_minutes (of each rate), per_hours (bytes
--          of each), max_pending, max_pending_bytes,
--          batch, max_wakeups, wakeup_ms, key_seconds, repeat_seconds, max_depth, user ("" without one), user_max,
--          staff_name ("" unless the author is staff), is_resolved (false: the thread may be below a moved prefix),
--          site, channel (of work on the site)
-- ARGV[2]  record
-- ARGV[3]  fingerprint
-- ARGV[4]  address or key of the thread
-- Returns  accepted and a token ("" if no job is needed), repeat and the earlier id, rate_limited or bytes_limited and
--          seconds and the number of the rate,
--          key_reused, moved (the caller finds the thread), closed, parent_unpublished, too_deep, full, or id_taken.
local comment, queued, due, wakeups, counters, repeats, repeats_before = unpack(KEYS, 1, 7)
local closed, opened, nodes, roots, user, staff_names, aliases, known_threads = unpack(KEYS, 8, 15)
local prefixes, rates = KEYS[16], {unpack(KEYS, 17)}
local new, record, fingerprint = cjson.decode(ARGV[1]), ARGV[2], ARGV[3]
local now = clock()

-- Return the earlier comment. Its key is written again, without a change: WAIT counts replicas for the last write of a
-- connection, and the comment may have come on another one.
local function repeated(key, id)
  redis.call("PEXPIRE", key, redis.call("PTTL", key))
  return {"repeat", id}
end

if new.has_key then
  local earlier = redis.call("GET", repeats)
  if earlier then
    local id, known = string.match(earlier, "^([^|]*)|(.*)$")
    if known ~= fingerprint then return {"key_reused"} end
    return repeated(repeats, id)
  end
else
  for _, key in ipairs({repeats, repeats_before}) do
    local id, at = string.match(redis.call("HGET", key, fingerprint) or "", "^(.*)|(.*)$")
    if id and now / 1000 - at < new.repeat_seconds then return repeated(key, id) end
  end
end

if redis.call("HEXISTS", aliases, new.thread) == 1 then return {"moved"} end
local may_move = not new.is_resolved and redis.call("EXISTS", prefixes) == 1
if may_move and not redis.call("ZSCORE", known_threads, ARGV[4]) then return {"moved"} end
if redis.call("SISMEMBER", closed, new.thread) == 1 then return {"closed"} end
if new.parent ~= "" then
  local state, depth = reached_state({nodes = nodes, roots = roots}, new.parent)
  if state ~= "p" then return {"parent_unpublished"} end
  if depth >= new.max_depth then return {"too_deep"} end
end

local free_at, bytes_free_at = {}, {}
for i = 1, #new.per_minutes do
  local wait
  free_at[i], wait = check_rate(rates[i], new.per_minutes[i], now)
  if wait > 0 then return {"rate_limited", wait, i} end
end
for i, per_hour in ipairs(new.per_hours) do
  local wait
  bytes_free_at[i], wait = check_bytes(rates[#new.per_minutes + i], new.bytes, per_hour, now)
  if wait > 0 then return {"bytes_limited", wait, i} end
end

if redis.call("ZCARD", queued) >= new.max_pending then return {"full"} end
local pending_bytes = tonumber(redis.call("HGET", counters, "pending_bytes") or 0)
if pending_bytes + new.bytes > new.max_pending_bytes then return {"full"} end

if not redis.call("SET", comment, record, "NX") then return {"id_taken"} end
redis.call("ZADD", queued, new.received, new.id)
redis.call("ZADD", due, now, new.id)
redis.call("HINCRBY", counters, "accepted", 1)
redis.call("HINCRBY", counters, "pending_bytes", new.bytes)
if new.has_key then
  redis.call("SET", repeats, new.id .. "|" .. fingerprint, "EX", new.key_seconds)
else
  redis.call("HSET", repeats, fingerprint, new.id .. "|" .. math.floor(now / 1000))
  redis.call("EXPIRE", repeats, 2 * new.repeat_seconds)
end
redis.call("HSETNX", opened, new.thread, new.received)
redis.call("ZADD", known_threads, 0, ARGV[4])
if new.staff_name ~= "" then redis.call("SADD", staff_names, new.staff_name) end
if new.user ~= "" then
  redis.call("ZADD", user, new.received, new.id)
  redis.call("ZREMRANGEBYRANK", user, 0, -new.user_max - 1)
end
for i = 1, #new.per_minutes do use_rate(rates[i], free_at[i]) end
for i = 1, #new.per_hours do use_bytes(rates[#new.per_minutes + i], bytes_free_at[i]) end

return {"accepted", announce_work(wakeups, {due}, now, new)}

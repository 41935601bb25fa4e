-- decide: move comments from status to status with every effect of it, each only if it is still as it was read.
-- KEYS  1 due  2 attempts  3 counters  4 outbox  5 unlearned  6 authors:approved  7 authors:spam  8 threads:count
--       9 threads:version  10 recent  11 changes  12 audit  13 held:changed  14 held:slots  15 held:here
--       16-22 status: queued, held, approved, spam, removed, withdrawn, applied
--       then for each change: comment, roots, replies
-- ARGV  1 channel, then for each change: id, state line as read, state line to write, old status, new status,
--       version for the outbox or "" where it is not told,
--       ms received, thread name, parent, what the audit keeps where a person decided or "",
--       name of the author, of the author there, ms since when it waits for the filters,
--       submission to write or "" for the one it has, "1" if this change and the next are made together or not at all
-- gives 1 or 0 for each change
local SHARED_KEYS, KEYS_EACH, ARGS_EACH = 22, 3, 15
-- More than a feed shows, so that it stays full when some are taken down; and the changes a reader can catch up with.
local MAX_RECENT, MAX_CHANGES = 200, 1000
-- The field of threads:version that stands for the whole site; no thread has this name.
local WHOLE_SITE = "*"
local STATUS = {queued = KEYS[16], held = KEYS[17], approved = KEYS[18], spam = KEYS[19], removed = KEYS[20],
  withdrawn = KEYS[21], applied = KEYS[22]}
-- How far above the count of an author's comments their day stands; the same in redis/evidence.py. ms of a day.
local FIRST_SEEN, DAY = 1e9, 86400000
local AUTHORS = {approved = KEYS[6], spam = KEYS[7]}
local WAITS = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}
local now = clock()

local function is_shown(id, roots, replies)
  local reply = redis.call("HGET", replies, id)
  return redis.call("ZSCORE", roots, id) or (reply and string.sub(reply, -2) == "|1")
end

-- Show or hide all approved replies below `id`; adds those that changed to `ids`.
local function set_below(key, id, shown, ids)
  local flat, below = redis.call("HGETALL", key), {}
  for i = 1, #flat, 2 do
    local parent, received, was = string.match(flat[i + 1], "^(.*)|(.*)|(.)$")
    below[parent] = below[parent] or {}
    table.insert(below[parent], {id = flat[i], received = received, was = was})
  end
  local open = {id}
  while #open > 0 do
    local parent = table.remove(open)
    for _, r in ipairs(below[parent] or {}) do
      if r.was ~= shown then
        redis.call("HSET", key, r.id, parent .. "|" .. r.received .. "|" .. shown)
        ids[#ids + 1] = r.id
        open[#open + 1] = r.id
      end
    end
  end
  return ids
end

-- The comments that readers see now that `c` is approved, and did not before.
local function publish(c, roots, replies)
  if c.parent == "" then
    redis.call("ZADD", roots, c.received, c.id)
  else
    local shown = is_shown(c.parent, roots, replies)
    redis.call("HSET", replies, c.id, c.parent .. "|" .. c.received .. (shown and "|1" or "|0"))
    if not shown then return {} end
  end
  -- Nobody can have answered what was never published.
  if c.old == "queued" then return {c.id} end
  return set_below(replies, c.id, "1", {c.id})
end

-- The comments that readers no longer see.
local function withdraw(c, roots, replies)
  if c.parent == "" then
    redis.call("ZREM", roots, c.id)
  else
    local was = redis.call("HGET", replies, c.id)
    redis.call("HDEL", replies, c.id)
    if not was or string.sub(was, -2) ~= "|1" then return {} end
  end
  return set_below(replies, c.id, "0", {c.id})
end

-- Versions are times as long as the clock moves on: also data that came back from a backup repeats none.
local function next_version(field)
  local before = tonumber(redis.call("HGET", KEYS[9], field) or 0)
  local version = math.max(before + 1, now)
  redis.call("HSET", KEYS[9], field, string.format("%.0f", version))
  return before, version
end

-- Give the thread its next version, because `c` is there (shown "1") or not. Gives the site's.
local function tell_readers(c, shown)
  local before, version = next_version(c.thread)
  local _, place = next_version(WHOLE_SITE)
  redis.call("XADD", KEYS[11], "MAXLEN", "~", MAX_CHANGES, "*", "t", c.thread,
    "b", string.format("%.0f", before), "v", string.format("%.0f", version), "c", c.id, "s", shown)
  return place
end

-- Note that `ids` appeared (shown "1") or went ("0"): `c` itself, and what is below it.
local function count_shown(c, ids, shown)
  if #ids == 0 then return end
  local place = tell_readers(c, shown)
  redis.call("HINCRBY", KEYS[8], c.thread, shown == "1" and #ids or -#ids)
  for _, id in ipairs(ids) do
    if shown == "1" then redis.call("ZADD", KEYS[10], place, id) else redis.call("ZREM", KEYS[10], id) end
  end
  redis.call("ZREMRANGEBYRANK", KEYS[10], 0, -MAX_RECENT - 1)
end

local function count_wait(c)
  local seconds = math.max(0, now - c.since) / 1000
  for _, bound in ipairs(WAITS) do
    if seconds <= bound then
      redis.call("HINCRBY", KEYS[3], "wait:" .. bound, 1)
      break
    end
  end
  redis.call("HINCRBYFLOAT", KEYS[3], "wait_sum", seconds)
end

local function leave_queue(c)
  redis.call("ZREM", KEYS[1], c.id)
  redis.call("HDEL", KEYS[2], c.id)
  redis.call("HINCRBY", KEYS[3], "pending_bytes", -string.len(c.submission))
  if c.new == "queued" then return end
  redis.call("HINCRBY", KEYS[3], "decided:" .. c.new, 1)
  count_wait(c)
end

-- Its author changed it: judge what it says now.
local function enter_queue(c)
  redis.call("ZADD", KEYS[1], now, c.id)
  redis.call("HINCRBY", KEYS[3], "pending_bytes", string.len(c.submission))
  if c.old ~= "queued" then redis.call("HINCRBY", KEYS[3], "accepted", 1) end
end

-- A record is a count, and of an author by e-mail above it the day of the first comment that was counted.
local function count_author(record, name, by, day)
  if not record or name == "" then return end
  local n = redis.call("HINCRBY", record, name, by)
  if n <= 0 or n % FIRST_SEEN == 0 then redis.call("HDEL", record, name)
  elseif n == 1 and by > 0 and day > 0 then
    redis.call("HINCRBY", record, name, string.format("%.0f", day * FIRST_SEEN))
  end
end

local function remember_author(c)
  local day = math.floor(c.received / DAY)
  for name, seen in pairs({[c.author] = day, [c.author_there] = 0}) do
    count_author(AUTHORS[c.old], name, -1, seen)
    count_author(AUTHORS[c.new], name, 1, seen)
  end
end

-- The index of held comments never shows one that is not; what else it says of a comment is put right soon after.
local function tell_index(c)
  if c.old ~= "held" and c.new ~= "held" then return end
  local slot = redis.call("HGET", KEYS[14], c.id)
  if slot then redis.call("SETBIT", KEYS[15], slot, 0) end
  redis.call("SADD", KEYS[13], c.id)
end

local function show(c, roots, replies)
  if c.old == "approved" and c.new == "approved" then
    if is_shown(c.id, roots, replies) then tell_readers(c, "1") end
  elseif c.new == "approved" then count_shown(c, publish(c, roots, replies), "1")
  elseif c.old == "approved" then count_shown(c, withdraw(c, roots, replies), "0") end
end

local function apply(c)
  redis.call("ZREM", STATUS[c.old], c.id)
  redis.call("ZADD", STATUS[c.new], c.new == "queued" and c.since or c.received, c.id)
  if c.old == "queued" then leave_queue(c) end
  if c.written ~= "" then c.submission = c.written end
  redis.call("SET", KEYS[c.k + 1], c.state .. c.submission)
  if c.new == "queued" then enter_queue(c) end
  tell_index(c)
  if c.entry ~= "" then
    redis.call("XADD", KEYS[12], "*", "e", c.entry)
    redis.call("HINCRBY", KEYS[3], "moderated:" .. c.new, 1)
  end
  if c.entry ~= "" or c.written ~= "" then redis.call("SADD", KEYS[5], c.id) end
  remember_author(c)
  show(c, KEYS[c.k + 2], KEYS[c.k + 3])
  if c.version ~= "" then redis.call("XADD", KEYS[4], "*", "c", c.id, "v", c.version, "b", c.old, "a", c.new) end
  redis.call("PUBLISH", ARGV[1], c.id)
end

-- The change number `i`; nil if its comment is not as it was read any more.
local function change(i)
  local a, k = 1 + i * ARGS_EACH, SHARED_KEYS + i * KEYS_EACH
  local record, line = redis.call("GET", KEYS[k + 1]), ARGV[a + 2]
  if not record or string.sub(record, 1, string.len(line)) ~= line then return nil end
  return {k = k, id = ARGV[a + 1], state = ARGV[a + 3], old = ARGV[a + 4], new = ARGV[a + 5], version = ARGV[a + 6],
    received = ARGV[a + 7], thread = ARGV[a + 8], parent = ARGV[a + 9], entry = ARGV[a + 10],
    author = ARGV[a + 11], author_there = ARGV[a + 12], since = ARGV[a + 13], written = ARGV[a + 14],
    submission = string.sub(record, string.len(line) + 1)}
end

local results, i = {}, 0
while i < (#ARGV - 1) / ARGS_EACH do
  local n = ARGV[1 + (i + 1) * ARGS_EACH] == "1" and 2 or 1
  local together = {change(i), n == 2 and change(i + 1)}
  local fit = together[1] and (n == 1 or together[2])
  for j = 1, n do
    if fit then apply(together[j]) end
    results[#results + 1] = fit and 1 or 0
  end
  i = i + n
end
return results

-- Apply decisions with all their effects, each only if its comment is still as it was read. Store decided comments.
-- include lib/clock
-- include lib/numbers
-- include lib/thread_tree
-- KEYS     due, attempts, counters, outbox, unlearned, authors:approved, authors:spam, threads:count, threads:version,
--          recent, changes, audit, held:changed, index:slots, recount, threads:opened, threads:known, staff:names, then
--          status:<status> for each of `statuses`, then for each change: comment, nodes, roots, latest
-- ARGV[1]  channel, statuses, whole_site (field of threads:version for all threads), recent_max, latest_max,
--          changes_max, first_seen_unit (of an author's record), unseen_days (kept), wait_buckets (seconds),
--          comments, children and index (prefixes of keys), aliases and moving (keys of threads that moved), max_cost,
--          retention (prefix of keys) and retention_of (status -> class of its texts), numbers, periods, not_hourly and
--          max_pages (see lib/numbers), and changes. Each change has id, old and new
--          (status), state (in the thread's tree), version (for the outbox; 0 for no event), received, since (ms from
--          when it waits for the filters), thread, parent, authors (names of the author's records; the first holds
--          the day), unseen (1 if the filters published the comment of a new author without review), people_old and
--          people_new (status in which records of people's decisions count the comment before and after, or "") with
--          people_old_records and people_new_records (their names), and with_next (1 if it is applied together with
--          the next change, or neither is), counts, history (counts before, of an edited comment), page (change of
--          the published comments of `address`, its thread, in the hour received_hour), review_bound and review_seconds
--          (time for which it needed review; "" for none), corrected (statuses by the filters and by the person who
--          reversed them, or ""), is_new (true: the comment is stored unless it exists), teaches and staff_name (both
--          for a new one: true if it has a lesson, and the author's name if they are staff)
-- ARGV[2]  and on, four for each change: state line as read, state line to write, audit entry or "", new submission
--          or "" for the one it has
-- Returns  1 or 0 for each change. After a cost of max_cost the rest is left for another call: the list is shorter.
local due, attempts, counters, outbox, unlearned, authors_approved, authors_spam = unpack(KEYS, 1, 7)
local thread_counts, thread_versions, recent, changes = unpack(KEYS, 8, 11)
local audit, index_outdated, index_slots, recount = unpack(KEYS, 12, 15)
local opened, known_threads, staff_names = unpack(KEYS, 16, 18)
local args, now = cjson.decode(ARGV[1]), clock()
local AUTHORS = {approved = authors_approved, spam = authors_spam}
local DAY_MS = 86400000
-- A decision takes as long as updating DECISION_COST nodes. INDEX_CHUNK is the slots of the index in one chunk.
local DECISION_COST, INDEX_CHUNK, cost = 15, 65536, 0

local status_keys = {}
for i, status in ipairs(args.statuses) do status_keys[status] = KEYS[18 + i] end

-- Versions are times while the clock moves on, so data restored from a backup repeats none.
local function next_version(field)
  local before = tonumber(redis.call("HGET", thread_versions, field) or 0)
  local version = math.max(before + 1, now)
  redis.call("HSET", thread_versions, field, string.format("%.0f", version))
  return before, version
end

-- Give the thread and the site their next versions and record the change of `id`. Returns the site's version.
local function record_change(c, id, visible)
  local before, version = next_version(c.thread)
  local _, site_version = next_version(args.whole_site)
  redis.call("XADD", changes, "MAXLEN", "~", args.changes_max, "*", "t", c.thread,
    "b", string.format("%.0f", before), "v", string.format("%.0f", version), "c", id, "s", visible)
  return site_version
end

-- List a published comment in the feeds of the site and of its thread, or remove it from them.
local function update_feeds(c, site_version)
  if c.new ~= "approved" then
    redis.call("ZREM", recent, c.id)
    redis.call("ZREM", c.latest, c.id)
    return
  end
  if site_version then
    redis.call("ZADD", recent, c.is_new and c.received or site_version, c.id)
    redis.call("ZREMRANGEBYRANK", recent, 0, -args.recent_max - 1)
  end
  if c.parent ~= "" then
    redis.call("ZADD", c.latest, c.received, c.id)
    redis.call("ZREMRANGEBYRANK", c.latest, 0, -args.latest_max - 1)
  end
end

-- Returns the number of nodes visited.
local function update_thread(c)
  local tree = {nodes = c.nodes, roots = c.roots, children = args.children, comments = args.comments}
  if c.old == "approved" and c.new == "approved" then
    if reached_state(tree, c.id) == "p" then record_change(c, c.id, "1") end
    return 1
  end
  local concerns_readers = c.old == "approved" or c.new == "approved"
  if not concerns_readers and c.state == "s" and not read_node(tree, c.id) then return 1 end
  local change, gone, visited = set_state(tree, c.id, c.parent, c.received, c.state)
  local site_version = nil
  if change ~= 0 then
    redis.call("HINCRBY", thread_counts, c.thread, change)
    site_version = gone == "" and record_change(c, c.id, "1") or record_change(c, gone, "0")
  end
  if concerns_readers then update_feeds(c, site_version) end
  return visited
end

local function count_wait(c)
  local seconds = math.max(0, now - c.since) / 1000
  for _, bound in ipairs(args.wait_buckets) do
    if seconds <= tonumber(bound) then
      redis.call("HINCRBY", counters, "wait:" .. bound, 1)
      break
    end
  end
  redis.call("HINCRBYFLOAT", counters, "wait_sum", seconds)
end

-- Count a comment that was published without review on its day. The first one of a day removes old days.
local function count_unseen()
  local today = math.floor(now / DAY_MS)
  if redis.call("HINCRBY", counters, "unseen:" .. today, 1) > 1 then return end
  for day = today - 2 * args.unseen_days, today - args.unseen_days do redis.call("HDEL", counters, "unseen:" .. day) end
end

local function leave_queue(c)
  redis.call("ZREM", due, c.id)
  redis.call("HDEL", attempts, c.id)
  redis.call("HINCRBY", counters, "pending_bytes", -string.len(c.submission))
  if c.new == "queued" then return end
  redis.call("HINCRBY", counters, "decided:" .. c.new, 1)
  if c.unseen == 1 then count_unseen() end
  count_wait(c)
end

-- The author edited the comment, so the filters judge it again.
local function enter_queue(c)
  redis.call("ZADD", due, now, c.id)
  redis.call("HINCRBY", counters, "pending_bytes", string.len(c.submission))
  if c.old ~= "queued" then redis.call("HINCRBY", counters, "accepted", 1) end
end

-- Change the number of an author's comments in one status. `day` is the day of this comment, or 0 to keep none.
local function count_author(key, author, by, day)
  if not key then return end
  local n = redis.call("HINCRBY", key, author, by)
  if n <= 0 or n % args.first_seen_unit == 0 then redis.call("HDEL", key, author)
  elseif n == 1 and by > 0 and day > 0 then
    redis.call("HINCRBY", key, author, string.format("%.0f", day * args.first_seen_unit))
  end
end

local function update_authors(c)
  local day = math.floor(c.received / DAY_MS)
  for i, author in ipairs(c.authors) do
    count_author(AUTHORS[c.old], author, -1, i == 1 and day or 0)
    count_author(AUTHORS[c.new], author, 1, i == 1 and day or 0)
  end
  for _, record in ipairs(c.people_old_records) do count_author(AUTHORS[c.people_old], record, -1, 0) end
  for _, record in ipairs(c.people_new_records) do count_author(AUTHORS[c.people_new], record, 1, 0) end
end

-- Hide the comment's entry in the index at once. A job replaces it soon after. A new comment has none.
local function update_index(c)
  local entry = c.old ~= "queued" and redis.call("HGET", index_slots, c.id)
  if entry then
    local slot = tonumber(string.match(entry, "^%d+"))
    local chunk = math.floor(slot / INDEX_CHUNK)
    redis.call("SETBIT", args.index .. chunk .. ":live", slot % INDEX_CHUNK, 0)
  end
  redis.call("SADD", index_outdated, c.id)
end

-- The totals only grow: they count a decision that is undone, and once more if it is repeated.
local function count_review(c)
  if c.corrected ~= "" then redis.call("HINCRBY", counters, "corrected:" .. c.corrected, 1) end
  if c.review_bound == "" then return end
  redis.call("HINCRBY", counters, "review:" .. c.review_bound, 1)
  redis.call("HINCRBYFLOAT", counters, "review_sum", c.review_seconds)
end

-- While comments are counted again, those after the position are counted when it reaches them. An edit moves a comment
-- in that order: its history is then taken out, or added.
local numbers = open_numbers(args.numbers, args.periods, args.not_hourly, args.max_pages)
local recounted_until = redis.call("GET", recount)
local function update_numbers(c)
  if recounted_until then
    local position = tonumber(recounted_until) or 0
    local was, is = c.score_before < position, c.score < position
    if was ~= is then add_counts(numbers, c.history, is and 1 or -1) end
    if not is then return end
  end
  add_counts(numbers, c.counts, 1)
  if c.page ~= 0 then add_page(numbers, c.received_hour, c.address, c.page) end
end

-- What accepting does for a comment that arrives: its thread is known, and began with its first comment.
local function register(c)
  local first = redis.call("HGET", opened, c.thread)
  if not first or tonumber(first) > c.received then redis.call("HSET", opened, c.thread, c.received) end
  redis.call("ZADD", known_threads, 0, c.address)
  if c.staff_name ~= "" then redis.call("SADD", staff_names, c.staff_name) end
end

-- Begin the time after which the comment loses its details, or its text.
local function update_retention(c)
  if c.old == "queued" or c.rewritten ~= "" then
    redis.call("ZADD", args.retention .. "details", c.received, c.id)
  end
  if c.old == c.new then return end
  local was, is = args.retention_of[c.old], args.retention_of[c.new]
  if was then redis.call("ZREM", args.retention .. was, c.id) end
  if is then redis.call("ZADD", args.retention .. is, now, c.id) end
end

local function apply(c)
  c.score_before = tonumber(recounted_until and redis.call("ZSCORE", status_keys[c.old], c.id) or c.received)
  c.score = c.new == "queued" and c.since or c.received
  redis.call("ZREM", status_keys[c.old], c.id)
  redis.call("ZADD", status_keys[c.new], c.score, c.id)
  if c.is_new then register(c) elseif c.old == "queued" then leave_queue(c) end
  if c.rewritten ~= "" then c.submission = c.rewritten end
  redis.call("SET", c.comment, c.line .. c.submission)
  if c.new == "queued" then enter_queue(c) end
  update_index(c)
  if c.entry ~= "" then
    redis.call("XADD", audit, "*", "e", c.entry)
    redis.call("HINCRBY", counters, "moderated:" .. c.new, 1)
    count_review(c)
  end
  if c.teaches or c.entry ~= "" or (c.rewritten ~= "" and not c.is_new) then redis.call("SADD", unlearned, c.id) end
  update_authors(c)
  update_retention(c)
  update_numbers(c)
  cost = cost + DECISION_COST + update_thread(c)
  if c.version > 0 then redis.call("XADD", outbox, "*", "c", c.id, "v", c.version, "b", c.old, "a", c.new) end
  redis.call("PUBLISH", args.channel, c.id)
end

-- Follow a thread that moved after the comment was read. Its record may be written with the old thread again.
local function follow_move(c)
  local target = redis.call("HGET", args.aliases, c.thread)
  if not target then return end
  local name = string.match(target, "^%S+")
  redis.call("HSET", args.moving, c.thread, target)
  for _, part in ipairs({"nodes", "roots", "latest"}) do
    local first, last = string.find(c[part], c.thread, 1, true)
    c[part] = string.sub(c[part], 1, first - 1) .. name .. string.sub(c[part], last + 1)
  end
  c.thread = name
end

-- Return the change with its keys and records, or nil if its comment changed since it was read.
local function read_change(i)
  local c, key, value = args.changes[i], 18 + #args.statuses + 4 * (i - 1), 1 + 4 * (i - 1)
  local record, line = redis.call("GET", KEYS[key + 1]), ARGV[value + 1]
  if (record ~= false) == c.is_new or string.sub(record or "", 1, string.len(line)) ~= line then return nil end
  c.comment, c.nodes, c.roots, c.latest = unpack(KEYS, key + 1, key + 4)
  c.line, c.entry, c.rewritten = ARGV[value + 2], ARGV[value + 3], ARGV[value + 4]
  c.submission = string.sub(record or "", string.len(line) + 1)
  follow_move(c)
  return c
end

local results, i = {}, 1
while i <= #args.changes and (i == 1 or cost < args.max_cost) do
  local first, second = read_change(i), nil
  local paired = args.changes[i].with_next == 1
  if paired then second = read_change(i + 1) end
  local ok = first and (second or not paired)
  for _ = 1, paired and 2 or 1 do results[#results + 1] = ok and 1 or 0 end
  if ok then
    apply(first)
    if second then apply(second) end
  end
  i = i + (paired and 2 or 1)
end
write_numbers(numbers)
return results

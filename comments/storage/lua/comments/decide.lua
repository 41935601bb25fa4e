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

-- Effects of all changes on keys that no change reads, collected so that each key is written once. `flush` below writes
-- them, at the end and before a comment that a change before has changed.
local counted, thread_changes, versions, is_touched, unseen = {}, {}, {}, {}, 0
local added, removed = {}, {}
-- Numbers of authors of all changes, by the key of their status. MOST is the most names in one command, because Lua
-- passes only some thousand arguments.
local authors, author_changes, MOST = {}, {}, 1000

local function call_with(command, key, values)
  for first = 1, #values, MOST do
    redis.call(command, key, unpack(values, first, math.min(first + MOST - 1, #values)))
  end
end

local function read_authors()
  local names = {}
  local function want(status, records)
    local key = AUTHORS[status]
    if not key then return end
    names[key] = names[key] or {}
    for _, name in ipairs(records) do names[key][#names[key] + 1] = name end
  end
  for _, c in ipairs(args.changes) do
    want(c.old, c.authors)
    want(c.new, c.authors)
    want(c.people_old, c.people_old_records)
    want(c.people_new, c.people_new_records)
  end
  for key, wanted in pairs(names) do
    authors[key] = {}
    for first = 1, #wanted, MOST do
      local some = {unpack(wanted, first, math.min(first + MOST - 1, #wanted))}
      for i, n in ipairs(redis.call("HMGET", key, unpack(some))) do authors[key][some[i]] = tonumber(n or 0) end
    end
  end
end

local function write_authors()
  for key, changed_authors in pairs(author_changes) do
    local changed, gone = {}, {}
    for author in pairs(changed_authors) do
      local n = authors[key][author]
      if n == 0 then gone[#gone + 1] = author
      else changed[#changed + 1], changed[#changed + 2] = author, string.format("%.0f", n) end
    end
    call_with("HSET", key, changed)
    call_with("HDEL", key, gone)
  end
end

local function count(counter, n) counted[counter] = (counted[counter] or 0) + n end

local function add_to_set(key, score, id)
  added[key] = added[key] or {}
  local pairs_of_key = added[key]
  pairs_of_key[#pairs_of_key + 1], pairs_of_key[#pairs_of_key + 2] = score, id
end

local function remove_from_set(key, id)
  removed[key] = removed[key] or {}
  removed[key][#removed[key] + 1] = id
end

-- Versions are times while the clock moves on, so data restored from a backup repeats none.
local function next_version(field)
  local before = versions[field] or tonumber(redis.call("HGET", thread_versions, field) or 0)
  versions[field] = math.max(before + 1, now)
  return before, versions[field]
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
    add_to_set(recent, c.is_new and c.received or site_version, c.id)
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
    thread_changes[c.thread] = (thread_changes[c.thread] or 0) + change
    site_version = gone == "" and record_change(c, c.id, "1") or record_change(c, gone, "0")
  end
  if concerns_readers then update_feeds(c, site_version) end
  return visited
end

local function count_wait(c)
  local seconds = math.max(0, now - c.since) / 1000
  for _, bound in ipairs(args.wait_buckets) do
    if seconds <= tonumber(bound) then
      count("wait:" .. bound, 1)
      break
    end
  end
  count("wait_sum", seconds)
end

-- Count the comments that were published without review on their day. The first ones of a day remove old days.
local function count_unseen()
  local today = math.floor(now / DAY_MS)
  if redis.call("HINCRBY", counters, "unseen:" .. today, unseen) > unseen then return end
  for day = today - 2 * args.unseen_days, today - args.unseen_days do redis.call("HDEL", counters, "unseen:" .. day) end
end

local function leave_queue(c)
  remove_from_set(due, c.id)
  count("pending_bytes", -string.len(c.submission))
  if c.new == "queued" then return end
  count("decided:" .. c.new, 1)
  if c.unseen == 1 then unseen = unseen + 1 end
  count_wait(c)
end

-- The author edited the comment, so the filters judge it again.
local function enter_queue(c)
  add_to_set(due, now, c.id)
  count("pending_bytes", string.len(c.submission))
  if c.old ~= "queued" then count("accepted", 1) end
end

-- Change the number of an author's comments in one status. `first_day` is kept if this is the first of them.
local function count_author(key, author, by, first_day)
  if not key then return end
  authors[key] = authors[key] or {}
  local n = (authors[key][author] or 0) + by
  if n <= 0 or n % args.first_seen_unit == 0 then n = 0
  elseif n == 1 and first_day then n = 1 + first_day * args.first_seen_unit
  end
  authors[key][author], author_changes[key] = n, author_changes[key] or {}
  author_changes[key][author] = true
end

local function update_authors(c)
  local day = math.floor(c.received / DAY_MS)
  for i, author in ipairs(c.authors) do
    count_author(AUTHORS[c.old], author, -1)
    count_author(AUTHORS[c.new], author, 1, i == 1 and day)
  end
  for _, record in ipairs(c.people_old_records) do count_author(AUTHORS[c.people_old], record, -1) end
  for _, record in ipairs(c.people_new_records) do count_author(AUTHORS[c.people_new], record, 1) end
end

-- Hide the comment's entry in the index at once. A job replaces it soon after. A new comment has none.
local function update_index(c)
  local entry = c.old ~= "queued" and redis.call("HGET", index_slots, c.id)
  if entry then
    local slot = tonumber(string.match(entry, "^%d+"))
    local chunk = math.floor(slot / INDEX_CHUNK)
    redis.call("SETBIT", args.index .. chunk .. ":live", slot % INDEX_CHUNK, 0)
  end
end

-- The totals only grow: they count a decision that is undone, and once more if it is repeated.
local function count_review(c)
  if c.corrected ~= "" then count("corrected:" .. c.corrected, 1) end
  if c.review_bound == "" then return end
  count("review:" .. c.review_bound, 1)
  count("review_sum", c.review_seconds)
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
    add_to_set(args.retention .. "details", c.received, c.id)
  end
  if c.old == c.new then return end
  local was, is = args.retention_of[c.old], args.retention_of[c.new]
  if was then remove_from_set(args.retention .. was, c.id) end
  if is then add_to_set(args.retention .. is, now, c.id) end
end

local function apply(c)
  c.score_before = tonumber(recounted_until and redis.call("ZSCORE", status_keys[c.old], c.id) or c.received)
  c.score = c.new == "queued" and c.since or c.received
  is_touched[c.id] = true
  remove_from_set(status_keys[c.old], c.id)
  add_to_set(status_keys[c.new], c.score, c.id)
  if c.is_new then register(c) elseif c.old == "queued" then leave_queue(c) end
  if c.rewritten ~= "" then c.submission = c.rewritten end
  redis.call("SET", c.comment, c.line .. c.submission)
  if c.new == "queued" then enter_queue(c) end
  update_index(c)
  if c.entry ~= "" then
    redis.call("XADD", audit, "*", "e", c.entry)
    count("moderated:" .. c.new, 1)
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
local moved = {}

local function read_moves()
  local threads = {}
  for i, c in ipairs(args.changes) do threads[i] = c.thread end
  for i, target in ipairs(redis.call("HMGET", args.aliases, unpack(threads))) do moved[threads[i]] = target end
end

local function follow_move(c)
  local target = moved[c.thread]
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

local SUMS = {wait_sum = true, review_sum = true}

local function flush()
  local ids = {}
  for id in pairs(is_touched) do ids[#ids + 1] = id end
  if #ids == 0 then return end
  redis.call("SADD", index_outdated, unpack(ids))
  if removed[due] then redis.call("HDEL", attempts, unpack(removed[due])) end
  for key, members in pairs(removed) do redis.call("ZREM", key, unpack(members)) end
  for key, members in pairs(added) do redis.call("ZADD", key, unpack(members)) end
  if added[recent] then redis.call("ZREMRANGEBYRANK", recent, 0, -args.recent_max - 1) end
  for counter, n in pairs(counted) do
    if SUMS[counter] then redis.call("HINCRBYFLOAT", counters, counter, n)
    else redis.call("HINCRBY", counters, counter, string.format("%.0f", n)) end
  end
  if unseen > 0 then count_unseen() end
  for thread, n in pairs(thread_changes) do redis.call("HINCRBY", thread_counts, thread, n) end
  local written = {}
  for field, version in pairs(versions) do
    written[#written + 1], written[#written + 2] = field, string.format("%.0f", version)
  end
  if #written > 0 then redis.call("HSET", thread_versions, unpack(written)) end
  counted, thread_changes, versions, is_touched, unseen, added, removed = {}, {}, {}, {}, 0, {}, {}
end

read_authors()
read_moves()
local results, i = {}, 1
while i <= #args.changes and (i == 1 or cost < args.max_cost) do
  local first, second = read_change(i), nil
  local paired = args.changes[i].with_next == 1
  if paired then second = read_change(i + 1) end
  local ok = first and (second or not paired)
  for _ = 1, paired and 2 or 1 do results[#results + 1] = ok and 1 or 0 end
  if ok then
    if is_touched[first.id] or (second and is_touched[second.id]) then flush() end
    apply(first)
    if second then apply(second) end
  end
  i = i + (paired and 2 or 1)
end
flush()
write_authors()
write_numbers(numbers)
return results

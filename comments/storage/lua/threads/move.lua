-- Move a thread with everything that readers see of it to another, and make its old name an alias of the new one.
-- include lib/clock
-- KEYS     aliases, moving, known, aliases of the old, aliases of the new thread, threads:count, threads:version,
--          threads:opened, threads:closed, changes, then nodes, roots and latest of the old, and of the new thread,
--          titles, urls, rewriting, then pinned of the old, and of the new thread
-- ARGV[1]  old and new (names), whole_site, latest_max, most_pinned, max_copied (entries of the smaller index; 0: no
--          limit)
-- ARGV[2]  address of the old thread
-- ARGV[3]  address of the new thread
-- Returns  moved; large if both threads are too large to merge in one step; or alias
--          if the new thread is itself an alias of a third one, so that the caller follows it.
local aliases, moving, known, old_aliases, new_aliases, counts, versions, opened, closed = unpack(KEYS, 1, 9)
local from = {nodes = KEYS[11], roots = KEYS[12], latest = KEYS[13]}
local to = {nodes = KEYS[14], roots = KEYS[15], latest = KEYS[16]}
local args, old_address, new_address = cjson.decode(ARGV[1]), ARGV[2], ARGV[3]
local old, new, now = args.old, args.new, clock()

local target = redis.call("HGET", aliases, new)
if target and string.match(target, "^%S+") ~= old then return {"alias"} end
local old_target = redis.call("HGET", aliases, old)
if old_target and string.match(old_target, "^%S+") == new then return {"moved"} end
if old_target then return {"alias"} end
local function smaller(size, source, destination)
  return math.min(redis.call(size, source), redis.call(size, destination))
end
local copied = smaller("HLEN", from.nodes, to.nodes) + smaller("ZCARD", from.roots, to.roots)
if args.max_copied > 0 and copied > args.max_copied then return {"large"} end
redis.call("HDEL", aliases, new)
redis.call("HDEL", moving, new)
redis.call("SREM", old_aliases, new)

-- Merge the smaller of two collections into the larger, which then gets the new name.
local function merge(size, copy, source, destination)
  if redis.call("EXISTS", source) == 0 then return end
  if redis.call(size, source) > redis.call(size, destination) then
    copy(destination, source)
    redis.call("RENAME", source, destination)
  else
    copy(source, destination)
    redis.call("DEL", source)
  end
end

-- One command takes many pairs: a third of the time of one command for each.
local PAIRS_AT_ONCE = 500

local function copy_hash(source, destination)
  local fields = redis.call("HGETALL", source)
  for i = 1, #fields, 2 * PAIRS_AT_ONCE do
    redis.call("HSET", destination, unpack(fields, i, math.min(i + 2 * PAIRS_AT_ONCE - 1, #fields)))
  end
end

local function copy_sorted(source, destination)
  local members = redis.call("ZRANGE", source, 0, -1, "WITHSCORES")
  for i = 1, #members, 2 do members[i], members[i + 1] = members[i + 1], members[i] end
  for i = 1, #members, 2 * PAIRS_AT_ONCE do
    redis.call("ZADD", destination, unpack(members, i, math.min(i + 2 * PAIRS_AT_ONCE - 1, #members)))
  end
end

merge("HLEN", copy_hash, from.nodes, to.nodes)
merge("ZCARD", copy_sorted, from.roots, to.roots)
merge("ZCARD", copy_sorted, from.latest, to.latest)
redis.call("ZREMRANGEBYRANK", to.latest, 0, -args.latest_max - 1)
merge("ZCARD", copy_sorted, KEYS[20], KEYS[21])
redis.call("ZREMRANGEBYRANK", KEYS[21], 0, -args.most_pinned - 1)

local n = tonumber(redis.call("HGET", counts, old) or 0)
if n ~= 0 then redis.call("HINCRBY", counts, new, n) end
redis.call("HDEL", counts, old)

local since, new_since = redis.call("HGET", opened, old), redis.call("HGET", opened, new)
if redis.call("SREM", closed, old) == 1 and not new_since then redis.call("SADD", closed, new) end
if since and (not new_since or tonumber(since) < tonumber(new_since)) then redis.call("HSET", opened, new, since) end
redis.call("HDEL", opened, old)

for _, details in ipairs({KEYS[17], KEYS[18]}) do
  local value = redis.call("HGET", details, old)
  if value then redis.call("HSETNX", details, new, value) end
  redis.call("HDEL", details, old)
end

-- Answers that are cached for either address are out of date, and no version of one is a version of the other.
local function version_of(name) return tonumber(redis.call("HGET", versions, name) or 0) end
local version, site_version = math.max(version_of(old), version_of(new)), version_of(args.whole_site)
redis.call("HSET", versions, old, string.format("%.0f", math.max(version + 1, now)))
redis.call("HSET", versions, new, string.format("%.0f", math.max(version + 1, now)))
redis.call("HSET", versions, args.whole_site, string.format("%.0f", math.max(site_version + 1, now)))

-- Aliases of the old thread lead to the new one at once.
local names = redis.call("SMEMBERS", old_aliases)
names[#names + 1] = old
for _, name in ipairs(names) do
  local address = name == old and old_address or string.match(redis.call("HGET", aliases, name) or "", "\n(.*)$")
  if address then
    local value = new .. " " .. new_address .. "\n" .. address
    redis.call("HSET", aliases, name, value)
    redis.call("HSET", moving, name, value)
    redis.call("SADD", new_aliases, name)
  end
end
redis.call("DEL", old_aliases)
redis.call("DEL", KEYS[19]) -- a pass over the records that runs now may have passed some of these
redis.call("ZREM", known, old_address)
redis.call("ZADD", known, 0, new_address)
return {"moved"}

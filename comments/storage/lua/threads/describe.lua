-- Set the title and the address of a thread.
-- include lib/clock
-- KEYS     threads:aliases, threads:version, threads:titles, threads:urls
-- ARGV[1]  thread, whole_site, given (for title and address: true to set it), only_missing (keep what is set)
-- ARGV[2]  title, "" to delete it
-- ARGV[3]  address, "" to delete it
-- Returns  1 if something changed; title and address before.
local aliases, versions = KEYS[1], KEYS[2]
local args, now = cjson.decode(ARGV[1]), clock()
local thread = string.match(redis.call("HGET", aliases, args.thread) or "", "^%S+") or args.thread
local before, changed = {}, 0
for i = 1, 2 do
  local key, value = KEYS[i + 2], ARGV[i + 1]
  before[i] = redis.call("HGET", key, thread) or ""
  if args.given[i] and value ~= before[i] and not (args.only_missing and before[i] ~= "") then
    if value == "" then redis.call("HDEL", key, thread) else redis.call("HSET", key, thread, value) end
    changed = 1
  end
end
-- Feeds show both. Before the first comment there is nothing that could be cached.
for _, name in ipairs(changed == 1 and {thread, args.whole_site} or {}) do
  local version = tonumber(redis.call("HGET", versions, name))
  if version then redis.call("HSET", versions, name, string.format("%.0f", math.max(version + 1, now))) end
end
return {changed, before[1], before[2]}

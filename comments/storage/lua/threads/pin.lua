-- Pin a top-level comment, or unpin it.
-- include lib/clock
-- include lib/thread_tree
-- KEYS     thread:<name>:pinned, threads:aliases, threads:version, nodes, roots
-- ARGV[1]  thread, id, pinned (true to pin it), most (pinned comments of a thread)
-- Returns  changed; same; moved if the thread moved to another; unpublished; or full.
local pins, aliases, versions, nodes, roots = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local tree = {nodes = nodes, roots = roots}
if redis.call("HEXISTS", aliases, args.thread) == 1 then return "moved" end

if args.pinned then
  if reached_state(tree, args.id) ~= "p" then return "unpublished" end
  if redis.call("ZSCORE", pins, args.id) then return "same" end
  local pinned = redis.call("ZRANGE", pins, 0, -1, "WITHSCORES")
  local latest, n = tonumber(pinned[#pinned] or 0), #pinned / 2
  -- Comments that were taken down make room.
  for i = 1, n >= args.most and #pinned or 0, 2 do
    if reached_state(tree, pinned[i]) ~= "p" then n = n - redis.call("ZREM", pins, pinned[i]) end
  end
  if n >= args.most then return "full" end
  redis.call("ZADD", pins, math.max(latest + 1, now), args.id)
elseif redis.call("ZREM", pins, args.id) == 0 then return "same" end

-- The order changed, which no list of changed comments says: who follows the thread reads it again.
local version = tonumber(redis.call("HGET", versions, args.thread) or 0)
redis.call("HSET", versions, args.thread, string.format("%.0f", math.max(version + 1, now)))
return "changed"

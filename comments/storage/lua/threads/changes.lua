-- List the comments that changed in a thread since a version that a reader has.
-- include lib/thread_tree
-- KEYS     changes, threads:version, nodes, roots
-- ARGV[1]  thread, since
-- Returns  the version now, 1 if the list is complete, ids that readers reach now, ids that they no longer reach.
local changes, versions, nodes, roots = unpack(KEYS)
local args = cjson.decode(ARGV[1])
local version = tonumber(redis.call("HGET", versions, args.thread) or 0)
if version == args.since then return {string.format("%.0f", version), 1, {}, {}} end

local complete, listed, appeared, disappeared = 0, {}, {}, {}
for _, entry in ipairs(redis.call("XREVRANGE", changes, "+", "-")) do
  local change = {}
  for i = 1, #entry[2], 2 do change[entry[2][i]] = entry[2][i + 1] end
  if change.t == args.thread then
    if tonumber(change.v) <= args.since then break end
    if not listed[change.c] then
      listed[change.c] = true
      if reached_state({nodes = nodes, roots = roots}, change.c) ~= "" then table.insert(appeared, 1, change.c)
      elseif change.s == "0" then table.insert(disappeared, 1, change.c) end
    end
    if tonumber(change.b) <= args.since then
      complete = 1
      break
    end
  end
end
return {string.format("%.0f", version), complete, appeared, disappeared}

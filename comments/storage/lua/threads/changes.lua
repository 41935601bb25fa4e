-- List the comments that appeared in a thread, and those that disappeared, since a version that a reader has.
-- KEYS     changes, threads:version, roots, replies
-- ARGV[1]  thread, since
-- Returns  the version now, 1 if the list is complete, ids that appeared and are still visible, ids that disappeared.
local changes, versions, roots, replies = unpack(KEYS)
local args = cjson.decode(ARGV[1])
local version = tonumber(redis.call("HGET", versions, args.thread) or 0)
if version == args.since then return {string.format("%.0f", version), 1, {}, {}} end

local function is_visible(id)
  if redis.call("ZSCORE", roots, id) then return true end
  local reply = redis.call("HGET", replies, id)
  return reply and string.sub(reply, -2) == "|1"
end

local complete, listed, appeared, disappeared = 0, {}, {}, {}
for _, entry in ipairs(redis.call("XREVRANGE", changes, "+", "-")) do
  local change = {}
  for i = 1, #entry[2], 2 do change[entry[2][i]] = entry[2][i + 1] end
  if change.t == args.thread then
    if tonumber(change.v) <= args.since then break end
    -- Only the last change of a comment counts. A comment hidden together with its parent is not listed as visible.
    if not listed[change.c] then
      listed[change.c] = true
      if change.s == "0" then table.insert(disappeared, 1, change.c)
      elseif is_visible(change.c) then table.insert(appeared, 1, change.c) end
    end
    if tonumber(change.b) <= args.since then
      complete = 1
      break
    end
  end
end
return {string.format("%.0f", version), complete, appeared, disappeared}

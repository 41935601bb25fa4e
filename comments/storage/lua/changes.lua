-- changes: what became visible in a thread, and what went, since a version that a reader saw.
-- KEYS  1 changes  2 threads:version  3 roots  4 replies
-- ARGV  1 thread name  2 version the reader saw
-- gives version now, 1 if everything since is known, ids that appeared and are still there, ids that went
local thread, since = ARGV[1], tonumber(ARGV[2])
local version = tonumber(redis.call("HGET", KEYS[2], thread) or 0)
if version == since then return {string.format("%.0f", version), 1, {}, {}} end

local function is_seen(id)
  if redis.call("ZSCORE", KEYS[3], id) then return true end
  local reply = redis.call("HGET", KEYS[4], id)
  return reply and string.sub(reply, -2) == "|1"
end

local known, noted, appeared, went = 0, {}, {}, {}
for _, entry in ipairs(redis.call("XREVRANGE", KEYS[1], "+", "-")) do
  local e = {}
  for i = 1, #entry[2], 2 do e[entry[2][i]] = entry[2][i + 1] end
  if e.t == thread then
    if tonumber(e.v) <= since then break end
    -- The last word on a comment counts, and what is hidden with what is above it is not named as there.
    if not noted[e.c] then
      noted[e.c] = true
      if e.s == "0" then table.insert(went, 1, e.c) elseif is_seen(e.c) then table.insert(appeared, 1, e.c) end
    end
    if tonumber(e.b) <= since then
      known = 1
      break
    end
  end
end
return {string.format("%.0f", version), known, appeared, went}

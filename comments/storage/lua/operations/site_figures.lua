-- Read the figures of some sites.
-- KEYS     for each site: counters, deliveries:pending, status:* in the order of Status
-- ARGV[1]  each (number of keys of a site), queued, held (places of these two among the keys of a site)
-- Returns  for each site nil if nothing is stored, or a list: deliveries pending, ms received of the first queued and
--          the first held comment ("" for none), comments in each status, name and value of each counter
local args, found = cjson.decode(ARGV[1]), {}

local function first(key)
  return redis.call("ZRANGE", key, 0, 0, "WITHSCORES")[2] or ""
end

for start = 1, #KEYS, args.each do
  local keys = { unpack(KEYS, start, start + args.each - 1) }
  if redis.call("EXISTS", unpack(keys)) == 0 then
    found[#found + 1] = false
  else
    local figures = { redis.call("ZCARD", keys[2]), first(keys[args.queued]), first(keys[args.held]) }
    for n = 3, args.each do
      figures[#figures + 1] = redis.call("ZCARD", keys[n])
    end
    for _, value in ipairs(redis.call("HGETALL", keys[1])) do
      figures[#figures + 1] = value
    end
    found[#found + 1] = figures
  end
end
return found

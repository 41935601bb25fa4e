-- Count the comments of each status that were received in each period.
-- KEYS     status:<status> for each status
-- ARGV[1]  edges (ms): the start of each period, and the end of the last one
-- Returns  for each period, the number in each status
local edges, counts = cjson.decode(ARGV[1]).edges, {}
for i = 1, #edges - 1 do
  local first, last = string.format("%.0f", edges[i]), "(" .. string.format("%.0f", edges[i + 1])
  for _, status in ipairs(KEYS) do counts[#counts + 1] = redis.call("ZCOUNT", status, first, last) end
end
return counts

-- List the comments below others, or the roots of a thread, with their nodes.
-- KEYS     nodes, then for each list: roots, or children
-- ARGV[1]  lists: for each list n, newest (1 for the latest first), and received and id of the comment after which it
--          starts ("" for the beginning)
-- Returns  for each list: id, ms received and node ("" for a published root without replies) of up to n comments.
local nodes, args = KEYS[1], cjson.decode(ARGV[1])

-- Return the number of comments up to this one, in the order of `newest`. The comment itself may be gone.
local function rank_after(key, from)
  local rank = redis.call(from.newest == 1 and "ZREVRANK" or "ZRANK", key, from.id)
  if rank then return rank + 1 end
  local low, high = 0, redis.call("ZCARD", key)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local found = redis.call(from.newest == 1 and "ZREVRANGE" or "ZRANGE", key, middle, middle, "WITHSCORES")
    local id, received = found[1], tonumber(found[2])
    local is_earlier = received < from.received or (received == from.received and id < from.id)
    if is_earlier == (from.newest == 0) then low = middle + 1 else high = middle end
  end
  return low
end

local answer = {}
for i, from in ipairs(args.lists) do
  local key = KEYS[i + 1]
  local start, rows = from.id == "" and 0 or rank_after(key, from), {}
  local command = from.newest == 1 and "ZREVRANGE" or "ZRANGE"
  local found = redis.call(command, key, start, start + from.n - 1, "WITHSCORES")
  for j = 1, #found, 2 do
    rows[#rows + 1] = found[j]
    rows[#rows + 1] = found[j + 1]
    rows[#rows + 1] = redis.call("HGET", nodes, found[j]) or ""
  end
  answer[i] = rows
end
return answer

-- learn: make the counts hold exactly what this comment teaches now; the old lesson is taken back with its own tokens.
-- KEYS  1 comment  2 learned  3 corpus:ham  4 corpus:spam  5 lessons  6 unlearned  7 quotas  8 bars
-- ARGV  1 id  2 state line as read  3 lesson as JSON, or ""  4 ms when it was decided  5 lessons of ham in the bar
-- gives 1 if what is learned changed, 0 if it was right, -1 if the comment changed meanwhile (it stays due)
local CORPUS = {ham = KEYS[3], spam = KEYS[4]}
local id = ARGV[1]
local record = redis.call("GET", KEYS[1])
if not record or string.sub(record, 1, string.len(ARGV[2])) ~= ARGV[2] then return -1 end

local function count(lesson, by)
  for _, token in ipairs(lesson.tokens) do
    if redis.call("HINCRBY", CORPUS[lesson.label], token, by) <= 0 then
      redis.call("HDEL", CORPUS[lesson.label], token)
    end
  end
  redis.call("HINCRBY", KEYS[5], lesson.label, by)
end

-- A quota's lessons are the members that begin with its name, in the order of their ids.
local function is_counted(lesson, of)
  for _, quota in ipairs(lesson.quotas or {}) do
    local name, most = quota[1], quota[2]
    if redis.call("ZLEXCOUNT", KEYS[7], "[" .. name, "(" .. name .. of) >= most then return false end
  end
  return true
end

-- Lessons that stop or begin to count when one joins or leaves these quotas: the last within, and the first beyond.
local function at_the_edge(lesson)
  local found = {}
  for _, quota in ipairs(lesson.quotas or {}) do
    local name, most = quota[1], quota[2]
    local range = redis.call("ZRANGEBYLEX", KEYS[7], "[" .. name, "(" .. name .. "\255", "LIMIT", most - 1, 2)
    for _, member in ipairs(range) do
      local of = string.sub(member, string.len(name) + 1)
      if of ~= id then found[of] = cjson.decode(redis.call("HGET", KEYS[2], of)) end
    end
  end
  return found
end

-- Put this comment's lesson in or take it out, and count or uncount whom that moves across an edge.
local function move(lesson, command, by)
  local others, was = at_the_edge(lesson), {}
  for of, other in pairs(others) do was[of] = is_counted(other, of) end
  if by < 0 and is_counted(lesson, id) then count(lesson, by) end
  for _, quota in ipairs(lesson.quotas or {}) do
    if command == "ZADD" then redis.call("ZADD", KEYS[7], 0, quota[1] .. id)
    else redis.call("ZREM", KEYS[7], quota[1] .. id) end
  end
  if by > 0 and is_counted(lesson, id) then count(lesson, by) end
  for of, other in pairs(others) do
    local is = is_counted(other, of)
    if is ~= was[of] then count(other, is and 1 or -1) end
  end
end

-- The log-odds of ham stand behind its id; the highest of the latest is what the filters ask for.
local function set_bar(old, new)
  if old and old.label == "ham" then redis.call("ZREM", KEYS[8], id .. " " .. (old.odds or "")) end
  if new and new.label == "ham" then redis.call("ZADD", KEYS[8], ARGV[4], id .. " " .. new.odds) end
  local highest = 0
  for _, member in ipairs(redis.call("ZREVRANGE", KEYS[8], 0, ARGV[5] - 1)) do
    highest = math.max(highest, tonumber(string.match(member, "%S+$")))
  end
  redis.call("HSET", KEYS[5], "bar", string.format("%.4f", highest))
end

redis.call("SREM", KEYS[6], id)
local kept = redis.call("HGET", KEYS[2], id)
if not kept and ARGV[3] == "" then return 0 end
local old, new = kept and cjson.decode(kept), ARGV[3] ~= "" and cjson.decode(ARGV[3])
set_bar(old, new)
if kept == ARGV[3] then return 0 end
if old then
  move(old, "ZREM", -1)
  redis.call("HDEL", KEYS[2], id)
end
if new then
  redis.call("HSET", KEYS[2], id, ARGV[3])
  move(new, "ZADD", 1)
end
return 1

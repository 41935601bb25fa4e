-- hold: make the index of held comments say of one comment what is so now.
-- KEYS  1 comment  2 held:changed  3 held:here  4 held:slots  5 held:rows  6 held:terms  7 held:free  8 held:words
--       9-11 held:order: rank, received, points
-- ARGV  1 id  2 state line as read  3 stem of held:few  4 stem of held:many  5 stem of held:top
--       6 "1" if it is held; then: version, rank, ms received, points, terms ...
-- gives 1, or 0 if the comment changed meanwhile; then it stays due
local id, line = ARGV[1], ARGV[2]
-- From so many comments on a term's bitmap, of a bit a slot, is smaller than a set of their slots.
local MANY = 512
local ORDERS = 3

local record = redis.call("GET", KEYS[1])
if not record or string.sub(record, 1, string.len(line)) ~= line then return 0 end

-- Note that one more (or fewer) comments have a term: words for looking up beginnings, all else for being listed.
local function list(term, by, first_or_last)
  local kind, value = string.match(term, "^(%a+):(.*)$")
  if kind == "word" then
    if first_or_last then redis.call(by > 0 and "ZADD" or "ZREM", KEYS[8], unpack(by > 0 and {0, value} or {value})) end
  elseif redis.call("ZINCRBY", ARGV[5] .. kind, by, value) == "0" then
    redis.call("ZREM", ARGV[5] .. kind, value)
  end
end

local function add(term, slot)
  local few, many, first = ARGV[3] .. term, ARGV[4] .. term, false
  if redis.call("EXISTS", many) == 1 then
    redis.call("SETBIT", many, slot, 1)
  else
    redis.call("SADD", few, slot)
    local n = redis.call("SCARD", few)
    first = n == 1
    if n > MANY then
      for _, other in ipairs(redis.call("SMEMBERS", few)) do redis.call("SETBIT", many, other, 1) end
      redis.call("DEL", few)
    end
  end
  list(term, 1, first)
end

local function take(term, slot)
  local few, many, last = ARGV[3] .. term, ARGV[4] .. term, false
  if redis.call("SREM", few, slot) == 1 then
    last = redis.call("EXISTS", few) == 0
  elseif redis.call("EXISTS", many) == 1 then
    redis.call("SETBIT", many, slot, 0)
    last = redis.call("BITCOUNT", many) == 0
    if last then redis.call("DEL", many) end
  end
  list(term, -1, last)
end

local old = redis.call("HGET", KEYS[4], id)
if old then
  for term in string.gmatch(redis.call("HGET", KEYS[6], old), "[^\n]+") do take(term, old) end
  redis.call("SETBIT", KEYS[3], old, 0)
  redis.call("HDEL", KEYS[4], id)
  redis.call("HDEL", KEYS[5], old)
  redis.call("HDEL", KEYS[6], old)
  redis.call("SADD", KEYS[7], old)
end

redis.call("SREM", KEYS[2], id)
if ARGV[6] ~= "1" then return 1 end

-- Every slot is either taken or free, so their number is the next one.
local slot = redis.call("SPOP", KEYS[7]) or redis.call("HLEN", KEYS[4]) + redis.call("SCARD", KEYS[7])
for n = 1, ORDERS do redis.call("SETRANGE", KEYS[8 + n], slot * 8, struct.pack("<d", tonumber(ARGV[7 + n]))) end
for n = 8 + ORDERS, #ARGV do add(ARGV[n], slot) end
redis.call("HSET", KEYS[4], id, slot)
redis.call("HSET", KEYS[5], slot, id .. " " .. ARGV[7])
redis.call("HSET", KEYS[6], slot, table.concat(ARGV, "\n", 8 + ORDERS))
redis.call("SETBIT", KEYS[3], slot, 1)
return 1

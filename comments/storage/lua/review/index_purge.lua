-- Remove dead slots from some terms of a chunk of the index, and terms that no live comment has.
-- KEYS     index:words
-- ARGV[1]  prefix (of the keys of chunks), chunk, cursor, count, others (the other chunks)
-- Returns  the next cursor; "0" at the end of the chunk.
local words, args = KEYS[1], cjson.decode(ARGV[1])
local own = args.prefix .. args.chunk .. ":"
local live = redis.call("GET", own .. "live") or ""

local function is_live(slot)
  local byte = string.byte(live, math.floor(slot / 8) + 1) or 0
  return bit.band(byte, bit.rshift(128, slot % 8)) ~= 0
end

-- Return the list without dead slots.
local function living(list)
  local kept = {}
  for n = 1, string.len(list), 2 do
    if is_live((struct.unpack("<H", list, n))) then kept[#kept + 1] = string.sub(list, n, n + 1) end
  end
  return table.concat(kept)
end

-- Return true if a live comment of the chunk has a common term.
local function purge_bitmap(key)
  redis.call("BITOP", "AND", key, key, own .. "live")
  return redis.call("BITCOUNT", key) > 0
end

local function is_in_other_chunks(term)
  for _, other in ipairs(args.others) do
    if redis.call("HEXISTS", args.prefix .. other .. ":terms", term) == 1 then return true end
  end
  return false
end

local found = redis.call("HSCAN", own .. "terms", args.cursor, "COUNT", args.count)
for i = 1, #found[2], 2 do
  local term, list = found[2][i], found[2][i + 1]
  local kept = living(list)
  if kept == "" and not (list == "" and purge_bitmap(own .. "many:" .. term)) then
    redis.call("HDEL", own .. "terms", term)
    local word = string.match(term, "^word:(.*)$")
    if word and not is_in_other_chunks(term) then redis.call("ZREM", words, word) end
  elseif kept ~= list then redis.call("HSET", own .. "terms", term, kept) end
end
return found[1]

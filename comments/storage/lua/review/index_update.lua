-- Make the index of held comments agree with one comment.
-- KEYS     comment, held:changed, held:here, held:slots, held:rows, held:terms, held:free, held:words,
--          then held:order of each column
-- ARGV[1]  id, set_prefix, bitmap_prefix, top_prefix (of the keys of terms), set_max; and if the comment is held: held,
--          version, columns, terms
-- ARGV[2]  state line as read
-- Returns  1, or 0 if the comment changed since it was read; it stays outdated then.
local comment, outdated, held, slots, rows, row_terms, free, words = unpack(KEYS)
local args, line = cjson.decode(ARGV[1]), ARGV[2]

local record = redis.call("GET", comment)
if not record or string.sub(record, 1, string.len(line)) ~= line then return 0 end

-- Count one comment more or less for a term. Words are listed for prefix search, all other values for facets.
local function count(term, by, first_or_last)
  local kind, value = string.match(term, "^(%a+):(.*)$")
  if kind ~= "word" then
    local top = args.top_prefix .. kind
    if redis.call("ZINCRBY", top, by, value) == "0" then redis.call("ZREM", top, value) end
  elseif first_or_last and by > 0 then redis.call("ZADD", words, 0, value)
  elseif first_or_last then redis.call("ZREM", words, value) end
end

-- A rare term has a set of slots. A common one has a bitmap, which is smaller from `set_max` comments on.
local function add(term, slot)
  local set, bitmap, first = args.set_prefix .. term, args.bitmap_prefix .. term, false
  if redis.call("EXISTS", bitmap) == 1 then
    redis.call("SETBIT", bitmap, slot, 1)
  else
    redis.call("SADD", set, slot)
    local n = redis.call("SCARD", set)
    first = n == 1
    if n > args.set_max then
      for _, member in ipairs(redis.call("SMEMBERS", set)) do redis.call("SETBIT", bitmap, member, 1) end
      redis.call("DEL", set)
    end
  end
  count(term, 1, first)
end

local function remove(term, slot)
  local set, bitmap, last = args.set_prefix .. term, args.bitmap_prefix .. term, false
  if redis.call("SREM", set, slot) == 1 then
    last = redis.call("EXISTS", set) == 0
  elseif redis.call("EXISTS", bitmap) == 1 then
    redis.call("SETBIT", bitmap, slot, 0)
    last = redis.call("BITCOUNT", bitmap) == 0
    if last then redis.call("DEL", bitmap) end
  end
  count(term, -1, last)
end

local old = redis.call("HGET", slots, args.id)
if old then
  for term in string.gmatch(redis.call("HGET", row_terms, old), "[^\n]+") do remove(term, old) end
  redis.call("SETBIT", held, old, 0)
  redis.call("HDEL", slots, args.id)
  redis.call("HDEL", rows, old)
  redis.call("HDEL", row_terms, old)
  redis.call("SADD", free, old)
end

redis.call("SREM", outdated, args.id)
if not args.held then return 1 end

-- Every slot is either used or free, so their number is the next new slot.
local slot = redis.call("SPOP", free) or redis.call("HLEN", slots) + redis.call("SCARD", free)
for n, number in ipairs(args.columns) do redis.call("SETRANGE", KEYS[8 + n], slot * 8, struct.pack("<d", number)) end
for _, term in ipairs(args.terms) do add(term, slot) end
redis.call("HSET", slots, args.id, slot)
redis.call("HSET", rows, slot, args.id .. " " .. args.version)
redis.call("HSET", row_terms, slot, table.concat(args.terms, "\n"))
redis.call("SETBIT", held, slot, 1)
return 1

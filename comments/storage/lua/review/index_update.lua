-- Make the index of comments agree with one comment.
-- Every entry gets a new slot. The former one is only marked as dead, because its terms are not stored: a chunk of
-- slots of which most are dead is emptied and deleted later.
-- KEYS     comment, held:changed, index:slots, index:state, index:chunks, index:held, index:words
-- ARGV[1]  id, prefix (of the keys of chunks and of index:top), missing (true if the comment is not stored), list_max;
--          and to index it: status, columns (name, format and number of each), facets and terms
-- ARGV[2]  state line as read
-- ARGV[3]  id and version as stored for each slot, in `id_size` bytes
-- Returns  1, or 0 if the comment changed since it was read; it stays outdated then.
local comment, outdated, slots, state, chunks, held_rows, words = unpack(KEYS)
local args, line = cjson.decode(ARGV[1]), ARGV[2]
local CHUNK = 65536

local record = redis.call("GET", comment)
if args.missing then
  if record then return 0 end
elseif not record or string.sub(record, 1, string.len(line)) ~= line then return 0 end

local function key_of(slot, part) return args.prefix .. math.floor(slot / CHUNK) .. ":" .. part end

-- Count one comment more or less with a value among those of a status.
local function count(status, term, by)
  local kind, value = string.match(term, "^([a-z]+):(.*)$")
  local top = args.prefix .. "top:" .. status .. ":" .. kind
  if redis.call("ZINCRBY", top, by, value) == "0" then redis.call("ZREM", top, value) end
end

-- Remove the entry of a slot. Values of held comments are counted exactly; others are rarely removed, and a value
-- that is counted too often only makes its list longer.
local function forget(slot)
  redis.call("SETBIT", key_of(slot, "live"), slot % CHUNK, 0)
  redis.call("HDEL", slots, args.id)
  local row = redis.call("HGET", held_rows, slot)
  if not row then return end
  for term in string.gmatch(row, "[^\n]+") do count("held", term, -1) end
  redis.call("HDEL", held_rows, slot)
end

-- Add a slot to each term. A rare term has a list of slots, two bytes each. A common one has a bitmap, and an empty
-- list as a mark. Returns the former lists, with false for terms that are new in this chunk.
local function add(terms, slot)
  local at, lists_key = slot % CHUNK, key_of(slot, "terms")
  local lists, changed, new_words = redis.call("HMGET", lists_key, unpack(terms)), {}, {}
  local packed = struct.pack("<H", at)
  for i, term in ipairs(terms) do
    local list, bitmap, packed_list = lists[i], key_of(slot, "many:" .. term), ""
    if list == "" then redis.call("SETBIT", bitmap, at, 1)
    else
      if list and string.len(list) >= 2 * args.list_max then
        for n = 1, string.len(list), 2 do redis.call("SETBIT", bitmap, (struct.unpack("<H", list, n)), 1) end
        redis.call("SETBIT", bitmap, at, 1)
      else packed_list = (list or "") .. packed end
      changed[#changed + 1], changed[#changed + 2] = term, packed_list
      local word = not list and string.match(term, "^word:(.*)$")
      if word then new_words[#new_words + 1], new_words[#new_words + 2] = 0, word end
    end
  end
  if #changed > 0 then redis.call("HSET", lists_key, unpack(changed)) end
  if #new_words > 0 then redis.call("ZADD", words, unpack(new_words)) end
  return lists
end

local before_slot, before_status = string.match(redis.call("HGET", slots, args.id) or "", "^(%d+) (%a+)$")
if before_slot then forget(tonumber(before_slot)) end
redis.call("SREM", outdated, args.id)
if not args.status then return 1 end

local slot = redis.call("HINCRBY", state, "next", 1) - 1
if slot % CHUNK == 0 then redis.call("SADD", chunks, slot / CHUNK) end
for _, column in ipairs(args.columns) do
  local name, format, number = unpack(column)
  local packed = struct.pack(format, number)
  redis.call("SETRANGE", key_of(slot, name), slot % CHUNK * string.len(packed), packed)
end
redis.call("SETRANGE", key_of(slot, "ids"), slot % CHUNK * string.len(ARGV[3]), ARGV[3])

local n_facets = #args.facets
for i, term in ipairs(args.terms) do args.facets[n_facets + i] = term end
local lists = add(args.facets, slot)
local is_held = args.status == "held"
local recounted = before_slot and tonumber(before_slot) < tonumber(redis.call("HGET", state, "recount") or 0)
local is_new = before_status ~= args.status or recounted
for i = 1, n_facets do
  -- A value of one comment is in no list of frequent ones. An entry that only moved to a new slot was counted before.
  if is_held or (lists[i] and is_new) then count(args.status, args.facets[i], 1) end
end
if is_held then redis.call("HSET", held_rows, slot, table.concat(args.facets, "\n", 1, n_facets)) end
redis.call("HSET", slots, args.id, slot .. " " .. args.status)
redis.call("SETBIT", key_of(slot, "live"), slot % CHUNK, 1)
return 1

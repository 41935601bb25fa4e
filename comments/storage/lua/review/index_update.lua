-- Make the index of comments agree with some comments.
-- Every entry gets a new slot. The former one is only marked as dead, because its terms are not stored: a chunk of
-- slots of which most are dead is emptied and deleted later.
-- KEYS     held:changed, index:slots, index:state, index:chunks, index:held, index:words, then each comment
-- ARGV[1]  prefix (of the keys of chunks and of index:top), list_max, and entries: id, missing (true if the comment is
--          not stored), and to index it: status, columns (name, format and number of each), facets and terms
-- ARGV[2]  and on, two for each entry: state line as read; id and version as stored for each slot
-- A comment that changed since it was read stays outdated.
local outdated, slots, state, chunks, held_rows, words = unpack(KEYS, 1, 6)
local args = cjson.decode(ARGV[1])
-- MOST is the most names in one command, because Lua passes only some thousand arguments.
local CHUNK, MOST, N_SHARED = 65536, 1000, 6

local function key_of(chunk, part) return args.prefix .. chunk .. ":" .. part end

-- Call a command with all values, some at a time.
local function call_with(command, key, values)
  for first = 1, #values, MOST do
    redis.call(command, key, unpack(values, first, math.min(first + MOST - 1, #values)))
  end
end

local function push(list, first, second) list[#list + 1], list[#list + 2] = first, second end

-- Changes of the numbers of comments of each status with each value.
local counts = {}
local function count(status, term, by)
  local kind, value = string.match(term, "^([a-z]+):(.*)$")
  local top = args.prefix .. "top:" .. status .. ":" .. kind
  counts[top] = counts[top] or {}
  counts[top][value] = (counts[top][value] or 0) + by
end

local function write_counts()
  for top, values in pairs(counts) do
    for value, by in pairs(values) do
      if by ~= 0 and redis.call("ZINCRBY", top, by, value) == "0" then redis.call("ZREM", top, value) end
    end
  end
end

-- Collects numbers of slots that follow each other, and writes them together.
local columns = {}
local function write_column(name)
  local column = columns[name]
  if column then redis.call("SETRANGE", column.key, column.start, table.concat(column.parts)) end
  columns[name] = nil
end

local function add_number(name, slot, packed)
  local size, chunk = string.len(packed), math.floor(slot / CHUNK)
  local key, start, column = key_of(chunk, name), slot % CHUNK * size, columns[name]
  if not column or column.key ~= key or column.start + size * #column.parts ~= start then
    write_column(name)
    column = {key = key, start = start, parts = {}}
    columns[name] = column
  end
  column.parts[#column.parts + 1] = packed
end

-- Remove the entry of a slot. Values of held comments are counted exactly; others are rarely removed, and a value
-- that is counted too often only makes its list longer.
local function forget(slot)
  redis.call("SETBIT", key_of(math.floor(slot / CHUNK), "live"), slot % CHUNK, 0)
  local row = redis.call("HGET", held_rows, slot)
  if not row then return end
  for term in string.gmatch(row, "[^\n]+") do count("held", term, -1) end
  redis.call("HDEL", held_rows, slot)
end

local function set_bits(bitmap, offsets)
  local words_of_command = {}
  for i, offset in ipairs(offsets) do
    local n = 4 * (i - 1)
    words_of_command[n + 1], words_of_command[n + 2] = "SET", "u1"
    words_of_command[n + 3], words_of_command[n + 4] = offset, 1
  end
  call_with("BITFIELD", bitmap, words_of_command)
end

-- Add slots of a chunk to each of some terms. A rare term has a list of slots, two bytes each. A common one has a
-- bitmap, and an empty list as a mark. Returns the terms that had no slot of the chunk.
local function add_some(chunk, terms, offsets_of)
  local lists_key, changed, new_words, new = key_of(chunk, "terms"), {}, {}, {}
  local lists = redis.call("HMGET", lists_key, unpack(terms))
  for i, term in ipairs(terms) do
    local list, offsets = lists[i], offsets_of[term]
    if list == "" then set_bits(key_of(chunk, "many:" .. term), offsets)
    else
      if not list then
        new[#new + 1] = term
        local word = string.match(term, "^word:(.*)$")
        if word then push(new_words, 0, word) end
      end
      local former = list or ""
      if string.len(former) / 2 + #offsets > args.list_max then
        for n = 1, string.len(former), 2 do offsets[#offsets + 1] = (struct.unpack("<H", former, n)) end
        set_bits(key_of(chunk, "many:" .. term), offsets)
        push(changed, term, "")
      else
        local packed = {former}
        for n, offset in ipairs(offsets) do packed[n + 1] = struct.pack("<H", offset) end
        push(changed, term, table.concat(packed))
      end
    end
  end
  call_with("HSET", lists_key, changed)
  call_with("ZADD", words, new_words)
  return new
end

-- Add all terms of new entries. Returns for each chunk the terms that had none of its slots before.
local function add_terms(entries)
  local chunk_terms, chunk_offsets, new = {}, {}, {}
  for _, entry in ipairs(entries) do
    local chunk = math.floor(entry.slot / CHUNK)
    if not chunk_terms[chunk] then chunk_terms[chunk], chunk_offsets[chunk], new[chunk] = {}, {}, {} end
    local terms, offsets = chunk_terms[chunk], chunk_offsets[chunk]
    for _, list in ipairs({entry.facets, entry.terms}) do
      for _, term in ipairs(list) do
        if not offsets[term] then terms[#terms + 1], offsets[term] = term, {} end
        offsets[term][#offsets[term] + 1] = entry.slot % CHUNK
      end
    end
  end
  for chunk, terms in pairs(chunk_terms) do
    for first = 1, #terms, MOST do
      local some = {unpack(terms, first, math.min(first + MOST - 1, #terms))}
      for _, term in ipairs(add_some(chunk, some, chunk_offsets[chunk])) do new[chunk][term] = true end
    end
  end
  return new
end

-- Count the values of new entries. A value of one comment is in no list of frequent ones. An entry that only moved to a
-- new slot was counted before.
local function count_facets(entries, new)
  local recounted = tonumber(redis.call("HGET", state, "recount") or 0)
  for _, entry in ipairs(entries) do
    local is_held, first_of = entry.status == "held", new[math.floor(entry.slot / CHUNK)]
    local is_recounted = entry.before_slot and entry.before_slot < recounted
    local is_new = entry.before_status ~= entry.status or is_recounted
    for _, facet in ipairs(entry.facets) do
      if is_held or (is_new and not first_of[facet]) then count(entry.status, facet, 1) end
      first_of[facet] = nil
    end
    if is_held then redis.call("HSET", held_rows, entry.slot, table.concat(entry.facets, "\n")) end
  end
end

-- Return the entries whose comments are as they were read.
local function unchanged_entries()
  local found = {}
  for i, entry in ipairs(args.entries) do
    local line, is_same = ARGV[2 * i]
    if entry.missing then is_same = redis.call("EXISTS", KEYS[N_SHARED + i]) == 0
    else is_same = redis.call("GETRANGE", KEYS[N_SHARED + i], 0, string.len(line) - 1) == line end
    entry.stored = ARGV[2 * i + 1]
    if is_same then found[#found + 1] = entry end
  end
  return found
end

-- Remove the former entries.
local function forget_all(entries)
  local ids, removed = {}, {}
  for i, entry in ipairs(entries) do ids[i] = entry.id end
  local before = redis.call("HMGET", slots, unpack(ids))
  for i, entry in ipairs(entries) do
    local slot, status = string.match(before[i] or "", "^(%d+) (%a+)$")
    if slot then
      entry.before_slot, entry.before_status = tonumber(slot), status
      forget(entry.before_slot)
      if not entry.status then removed[#removed + 1] = entry.id end
    end
  end
  call_with("HDEL", slots, removed)
  redis.call("SREM", outdated, unpack(ids))
end

-- Give each entry the next slot, and write its numbers.
local function place(entries)
  local slot, placed = redis.call("HINCRBY", state, "next", #entries) - #entries, {}
  for _, entry in ipairs(entries) do
    entry.slot = slot
    if slot % CHUNK == 0 then redis.call("SADD", chunks, slot / CHUNK) end
    for _, column in ipairs(entry.columns) do
      local name, format, number = unpack(column)
      add_number(name, slot, struct.pack(format, number))
    end
    add_number("ids", slot, entry.stored)
    push(placed, entry.id, slot .. " " .. entry.status)
    slot = slot + 1
  end
  for name in pairs(columns) do write_column(name) end
  call_with("HSET", slots, placed)
end

local entries, fresh = unchanged_entries(), {}
if #entries == 0 then return end
forget_all(entries)
for _, entry in ipairs(entries) do
  if entry.status then fresh[#fresh + 1] = entry end
end
if #fresh > 0 then
  place(fresh)
  count_facets(fresh, add_terms(fresh))
  for _, entry in ipairs(fresh) do
    redis.call("SETBIT", key_of(math.floor(entry.slot / CHUNK), "live"), entry.slot % CHUNK, 1)
  end
end
write_counts()

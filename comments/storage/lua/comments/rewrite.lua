-- Replace records of comments that are still as they were read, with less personal data in them.
-- KEYS     held:changed, index:slots, then the lists to leave, then the key of each comment
-- ARGV[1]  ids, n_lists, index (prefix of keys)
-- ARGV[2]  and on, two for each comment: record as read ("" if there is none), record to write ("" to keep it)
-- Returns  the number of replaced records.
local outdated, slots = KEYS[1], KEYS[2]
local args, replaced = cjson.decode(ARGV[1]), 0
-- Slots of the index in one chunk.
local INDEX_CHUNK = 65536

-- Hide the entry of the index at once. A job replaces it soon after.
local function update_index(id)
  local slot = tonumber(string.match(redis.call("HGET", slots, id) or "", "^%d+"))
  if not slot then return end
  redis.call("SETBIT", args.index .. math.floor(slot / INDEX_CHUNK) .. ":live", slot % INDEX_CHUNK, 0)
  redis.call("SADD", outdated, id)
end

for i, id in ipairs(args.ids) do
  local key, before, after = KEYS[2 + args.n_lists + i], ARGV[2 * i], ARGV[2 * i + 1]
  if (redis.call("GET", key) or "") == before then
    if after ~= "" then
      redis.call("SET", key, after)
      update_index(id)
      replaced = replaced + 1
    end
    for n = 3, 2 + args.n_lists do redis.call("ZREM", KEYS[n], id) end
  end
end
return replaced

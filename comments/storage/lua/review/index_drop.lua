-- Delete a part of a chunk of the index that has no entries left, and finally the chunk.
-- KEYS     index:state, index:chunks, index:retired, index:words
-- ARGV[1]  prefix (of the keys of chunks), chunk, parts (names of its other keys), others (chunks that stay), count
local state, chunks, retired, words = unpack(KEYS)
local args = cjson.decode(ARGV[1])
local own = args.prefix .. args.chunk .. ":"

local cursor = redis.call("HGET", state, "drop:" .. args.chunk) or "0"
local found = redis.call("HSCAN", own .. "terms", cursor, "COUNT", args.count)
for i = 1, #found[2], 2 do
  local term, list = found[2][i], found[2][i + 1]
  if list == "" then redis.call("UNLINK", own .. "many:" .. term) end
  local word = string.match(term, "^word:(.*)$")
  local is_used = not word
  for _, other in ipairs(args.others) do
    is_used = is_used or redis.call("HEXISTS", args.prefix .. other .. ":terms", term) == 1
  end
  if not is_used then redis.call("ZREM", words, word) end
end
if found[1] ~= "0" then
  redis.call("HSET", state, "drop:" .. args.chunk, found[1])
  return
end
for _, part in ipairs(args.parts) do redis.call("UNLINK", own .. part) end
redis.call("HDEL", state, "drop:" .. args.chunk)
redis.call("SREM", chunks, args.chunk)
redis.call("SREM", retired, args.chunk)

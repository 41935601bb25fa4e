-- Replace records that are still as they were read, after their thread moved.
-- KEYS     held:changed, held:slots, then the key of each comment
-- ARGV[1]  ids
-- ARGV[2]  and on, two for each comment: record as read, record to write
-- Returns  the number of replaced records.
local args, replaced = cjson.decode(ARGV[1]), 0
for i, id in ipairs(args.ids) do
  local key = KEYS[i + 2]
  if redis.call("GET", key) == ARGV[2 * i] then
    redis.call("SET", key, ARGV[2 * i + 1])
    if redis.call("HEXISTS", KEYS[2], id) == 1 then redis.call("SADD", KEYS[1], id) end
    replaced = replaced + 1
  end
end
return replaced

-- Make the comment of a check a lesson, another lesson or none, and count it for its author.
-- KEYS     checks:taught, unlearned, authors:approved, authors:spam
-- ARGV[1]  id, people_old and people_new (status in which records of people's decisions count it before and
--          after, or "") with people_old_records and people_new_records (their names)
-- ARGV[2]  state line as read; "" if it was none
-- ARGV[3]  new record; "" for none
-- Returns  1, or 0 if the stored record is another one.
local taught, unlearned, approved, spam = unpack(KEYS)
local args, line, record = cjson.decode(ARGV[1]), ARGV[2], ARGV[3]
local AUTHORS = {approved = approved, spam = spam}
local stored = redis.call("HGET", taught, args.id) or ""
if line == "" and stored ~= "" or string.sub(stored, 1, string.len(line)) ~= line then return 0 end

local function count(status, records, by)
  for _, name in ipairs(records) do
    if redis.call("HINCRBY", AUTHORS[status], name, by) <= 0 then redis.call("HDEL", AUTHORS[status], name) end
  end
end
count(args.people_old, args.people_old_records, -1)
count(args.people_new, args.people_new_records, 1)
if record == "" then redis.call("HDEL", taught, args.id) else redis.call("HSET", taught, args.id, record) end
redis.call("SADD", unlearned, args.id)
return 1

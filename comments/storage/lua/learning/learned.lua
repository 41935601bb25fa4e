-- Check if a comment is as it was read, and record that its lesson was learned on another server of a cluster.
-- KEYS     comment (or checks:taught), unlearned
-- ARGV[1]  id, is_check, is_learned (false: only check)
-- ARGV[2]  state line as read; "" for a record that is gone
-- Returns  1, or -1 if the comment changed since it was read (its lesson stays due).
local comment, unlearned = unpack(KEYS)
local args, line = cjson.decode(ARGV[1]), ARGV[2]
local is_check = args.is_check
local record = is_check and redis.call("HGET", comment, args.id) or not is_check and redis.call("GET", comment)
if string.sub(record or "", 1, string.len(line)) ~= line then return -1 end
if args.is_learned then redis.call("SREM", unlearned, args.id) end
return 1

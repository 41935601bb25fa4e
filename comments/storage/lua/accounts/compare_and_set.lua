-- Replace a site or a person if it is still as it was read, and record that in the audit.
-- KEYS     sites or people, then the audit of each entry
-- ARGV[1]  name
-- ARGV[2]  record as read; "" if there must be none yet
-- ARGV[3]  record to write
-- ARGV[4]  and on: the audit entries
-- Returns  1, or 0 if the record changed since it was read.
local records, name = KEYS[1], cjson.decode(ARGV[1]).name
if (redis.call("HGET", records, name) or "") ~= ARGV[2] then return 0 end
redis.call("HSET", records, name, ARGV[3])
for i = 4, #ARGV do redis.call("XADD", KEYS[i - 2], "*", "e", ARGV[i]) end
return 1

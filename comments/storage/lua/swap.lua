-- swap: put a record in place of another, if that is still as it was read, and note it.
-- KEYS  1 records, then for each entry: audit
-- ARGV  1 field, 2 record as read ("" for none), 3 record to write, then the entries
-- gives 1 or 0
local was = redis.call("HGET", KEYS[1], ARGV[1]) or ""
if was ~= ARGV[2] then return 0 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
for i = 4, #ARGV do
  redis.call("XADD", KEYS[i - 2], "*", "e", ARGV[i])
end
return 1

-- release: leased comments are due again at once.
-- KEYS  1 due
-- ARGV  ids
local now = clock()
for _, id in ipairs(ARGV) do redis.call("ZADD", KEYS[1], "XX", now, id) end
return 1

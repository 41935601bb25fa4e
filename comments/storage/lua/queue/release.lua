-- Make leased comments and checks due again now.
-- include lib/clock
-- KEYS     due, checks:due
-- ARGV[1]  ids
local now = clock()
for _, id in ipairs(cjson.decode(ARGV[1]).ids) do
  for _, due in ipairs(KEYS) do redis.call("ZADD", due, "XX", now, id) end
end

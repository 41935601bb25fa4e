-- put: queue deliveries to one webhook, due at once; those that are known stay as they are.
-- KEYS  1 deliveries  2 deliveries:pending  3 lanes  4 versions
-- ARGV  for each: id, comment, record
local now = clock()
for i = 1, #ARGV, 3 do
  local id, comment, record = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if redis.call("HSETNX", KEYS[1], id, record) == 1 then
    redis.call("ZADD", KEYS[2], now, id)
    redis.call("ZADD", KEYS[4], 0, id)
    -- An earlier version that waits for its next attempt is not hurried.
    redis.call("ZADD", KEYS[3], "NX", now, comment)
  end
end
return 1

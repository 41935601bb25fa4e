-- drop: forget everything that is on its way to a webhook.
-- KEYS  1 deliveries  2 deliveries:pending  3 rests  4 lanes  5 versions
-- ARGV  1 webhook
for _, id in ipairs(redis.call("ZRANGE", KEYS[5], 0, -1)) do
  redis.call("HDEL", KEYS[1], id)
  redis.call("ZREM", KEYS[2], id)
end
redis.call("HDEL", KEYS[3], ARGV[1])
redis.call("DEL", KEYS[4], KEYS[5])
return 1

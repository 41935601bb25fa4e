-- Delete all pending deliveries of a webhook.
-- KEYS     deliveries, deliveries:pending, deliveries:rests, webhook:lanes, webhook:versions
-- ARGV[1]  webhook
local deliveries, pending, pauses, next_attempts, versions = unpack(KEYS)
for _, id in ipairs(redis.call("ZRANGE", versions, 0, -1)) do
  redis.call("HDEL", deliveries, id)
  redis.call("ZREM", pending, id)
end
redis.call("HDEL", pauses, cjson.decode(ARGV[1]).webhook)
redis.call("DEL", next_attempts, versions)

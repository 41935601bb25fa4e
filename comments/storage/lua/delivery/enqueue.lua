-- Enqueue deliveries to one webhook, due now. Deliveries that exist already stay as they are.
-- include lib/clock
-- KEYS     deliveries, deliveries:pending, webhook:lanes, webhook:versions
-- ARGV[1]  deliveries: id and comment of each
-- ARGV[2]  and on: the record of each delivery
local deliveries, pending, next_attempts, versions = unpack(KEYS)
local now = clock()
for i, delivery in ipairs(cjson.decode(ARGV[1]).deliveries) do
  local id, comment = delivery[1], delivery[2]
  if redis.call("HSETNX", deliveries, id, ARGV[1 + i]) == 1 then
    redis.call("ZADD", pending, now, id)
    redis.call("ZADD", versions, 0, id)
    -- An earlier version that waits for its next attempt keeps its time.
    redis.call("ZADD", next_attempts, "NX", now, comment)
  end
end
return 1

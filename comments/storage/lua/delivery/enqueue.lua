-- Enqueue deliveries to one webhook, due now. Deliveries that exist already stay as they are.
-- include lib/clock
-- KEYS     deliveries, deliveries:pending, webhook:lanes, webhook:versions
-- ARGV[1]  deliveries: id and comment of each
-- ARGV[2]  and on: the record of each delivery
local deliveries, pending, next_attempts, versions = unpack(KEYS)
local now, by_time, by_name, comments = clock(), {}, {}, {}
for i, delivery in ipairs(cjson.decode(ARGV[1]).deliveries) do
  local id, comment = delivery[1], delivery[2]
  if redis.call("HSETNX", deliveries, id, ARGV[1 + i]) == 1 then
    local n = #by_time
    by_time[n + 1], by_time[n + 2] = now, id
    by_name[n + 1], by_name[n + 2] = 0, id
    comments[n + 1], comments[n + 2] = now, comment
  end
end
if #by_time == 0 then return end
redis.call("ZADD", pending, unpack(by_time))
redis.call("ZADD", versions, unpack(by_name))
-- An earlier version that waits for its next attempt keeps its time.
redis.call("ZADD", next_attempts, "NX", unpack(comments))

-- Replace a delivery after an attempt, with every effect, if it is still as it was read.
-- include lib/clock
-- include lib/delivery
-- KEYS     deliveries, deliveries:pending, deliveries:over, deliveries:rests, counters, webhook:lanes, webhook:versions
-- ARGV[1]  webhook, id, comment, due (ms of the next attempt; 0 when it is finished), receiver ("works", "fails" or
--          "unknown"), counter ("" for none), kept (finished deliveries), pauses (ms after each failure in a row)
-- ARGV[2]  record as read
-- ARGV[3]  record to write
-- Returns  1, or 0 if the delivery changed since it was read.
local deliveries, pending, finished, pauses, counters, next_attempts, versions = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local webhook, id = args.webhook, args.id
if redis.call("HGET", deliveries, id) ~= ARGV[2] then return 0 end
redis.call("HSET", deliveries, id, ARGV[3])
if args.counter ~= "" then redis.call("HINCRBY", counters, args.counter, 1) end

-- Attempts made at the same time count as one failure.
local till, failures, testing = read_pause(pauses, webhook)
if args.receiver == "fails" and (testing or till <= now) then
  local pause = args.pauses[math.min(1 + failures, #args.pauses)]
  redis.call("HSET", pauses, webhook, string.format("%.0f|%d|", now + pause, failures + 1))
elseif args.receiver == "works" or (args.receiver == "unknown" and failures == 0) then
  redis.call("HDEL", pauses, webhook)
elseif args.receiver == "unknown" then
  redis.call("HSET", pauses, webhook, string.format("0|%d|", failures))
end

if args.due > 0 then
  redis.call("ZREM", finished, id)
  redis.call("ZADD", pending, "NX", now, id)
  redis.call("ZADD", versions, 0, id)
  redis.call("ZADD", next_attempts, args.due, args.comment)
  return 1
end
redis.call("ZREM", pending, id)
redis.call("ZREM", versions, id)
if next_delivery(versions, webhook, args.comment) then
  redis.call("ZADD", next_attempts, now, args.comment)
else
  redis.call("ZREM", next_attempts, args.comment)
end
redis.call("ZADD", finished, now, id)
for _, oldest in ipairs(redis.call("ZRANGE", finished, 0, -1 - args.kept)) do
  redis.call("ZREM", finished, oldest)
  redis.call("HDEL", deliveries, oldest)
end
return 1

-- settle: replace a delivery with every effect of it, if it is still as it was read.
-- KEYS  1 deliveries  2 deliveries:pending  3 deliveries:over  4 rests  5 counters  6 lanes  7 versions
-- ARGV  1 webhook  2 id  3 comment  4 record as read  5 record to write  6 ms due, or "" when it is over
--       7 how the receiver was met: "good", "bad" (which counts once for all that were out together) or ""  8 counter of how it went, or ""  9 how many that are over are kept
--       10... ms of rest after the first, the second ... failure in a row
-- gives 1 or 0
local now = clock()
local webhook, id, comment = ARGV[1], ARGV[2], ARGV[3]
if redis.call("HGET", KEYS[1], id) ~= ARGV[4] then return 0 end
redis.call("HSET", KEYS[1], id, ARGV[5])
if ARGV[8] ~= "" then redis.call("HINCRBY", KEYS[5], ARGV[8], 1) end

local till, failures, asked = rest(KEYS[4], webhook)
if ARGV[7] == "bad" and (asked or till <= now) then
  local pause = ARGV[math.min(10 + failures, #ARGV)]
  redis.call("HSET", KEYS[4], webhook, now + pause .. "|" .. failures + 1 .. "|")
elseif ARGV[7] == "good" or (ARGV[7] == "" and failures == 0) then
  redis.call("HDEL", KEYS[4], webhook)
elseif ARGV[7] == "" then
  redis.call("HSET", KEYS[4], webhook, "0|" .. failures .. "|")
end

if ARGV[6] ~= "" then
  redis.call("ZREM", KEYS[3], id)
  redis.call("ZADD", KEYS[2], "NX", now, id)
  redis.call("ZADD", KEYS[7], 0, id)
  redis.call("ZADD", KEYS[6], ARGV[6], comment)
  return 1
end
redis.call("ZREM", KEYS[2], id)
redis.call("ZREM", KEYS[7], id)
if head(KEYS[7], webhook, comment) then
  redis.call("ZADD", KEYS[6], now, comment)
else
  redis.call("ZREM", KEYS[6], comment)
end
redis.call("ZADD", KEYS[3], now, id)
for _, old in ipairs(redis.call("ZRANGE", KEYS[3], 0, -1 - ARGV[9])) do
  redis.call("ZREM", KEYS[3], old)
  redis.call("HDEL", KEYS[1], old)
end
return 1

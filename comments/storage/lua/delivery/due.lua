-- Find the webhooks that have a delivery to attempt. If the server's clock was set back, set the times of deliveries
-- back as well.
-- include lib/clock
-- include lib/delivery
-- KEYS     deliveries:pending, deliveries:rests, webhook:lanes of each webhook
-- ARGV[1]  webhooks
-- Returns  the webhooks that are not paused and have one that is due.
local pending, pauses = KEYS[1], KEYS[2]
local webhooks, now, found = cjson.decode(ARGV[1]).webhooks, clock(), {}

local function set_back(key, by)
  local later = redis.call("ZRANGEBYSCORE", key, "(" .. string.format("%.0f", now), "+inf", "WITHSCORES")
  for i = 1, #later, 2 do redis.call("ZADD", key, later[i + 1] - by, later[i]) end
end

-- Deliveries wait since the past. One that waits since a time in the future was enqueued before the clock was set back.
local by = tonumber(redis.call("ZRANGE", pending, -1, -1, "WITHSCORES")[2] or 0) - now
if by > 0 then
  for i, webhook in ipairs(webhooks) do
    set_back(KEYS[i + 2], by)
    local till, failures, testing = read_pause(pauses, webhook)
    if till > now then
      redis.call("HSET", pauses, webhook, string.format("%.0f|%d|%s", till - by, failures, testing and "asked" or ""))
    end
  end
  set_back(pending, by)
end

for i, webhook in ipairs(webhooks) do
  local is_paused = read_pause(pauses, webhook) > now
  if not is_paused and redis.call("ZCOUNT", KEYS[i + 2], "-inf", now) > 0 then found[#found + 1] = webhook end
end
return found

-- Return how many more wake-ups the due records need: one for each batch, at most `max_wakeups` at once. `queues` are
-- the sorted sets of what is due.
local function wakeups_missing(wakeups, queues, now, batch, max_wakeups)
  redis.call("ZREMRANGEBYSCORE", wakeups, "-inf", now)
  local n = 0
  for _, due in ipairs(queues) do n = n + redis.call("ZCOUNT", due, "-inf", now) end
  return math.min(math.ceil(n / batch), max_wakeups) - redis.call("ZCARD", wakeups)
end

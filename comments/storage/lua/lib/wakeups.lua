-- Return how many more wake-ups the due comments need: one for each batch, at most `max_wakeups` at once.
local function wakeups_missing(wakeups, due, now, batch, max_wakeups)
  redis.call("ZREMRANGEBYSCORE", wakeups, "-inf", now)
  local wanted = math.ceil(redis.call("ZCOUNT", due, "-inf", now) / batch)
  return math.min(wanted, max_wakeups) - redis.call("ZCARD", wakeups)
end

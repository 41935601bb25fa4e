-- Return the time at which a limit is wholly free, at least now. Its key was written to expire after `lasts_ms`. If it
-- expires later than that, the server's clock was set back by the difference or more, and the time is set back as well.
local function read_free_at(key, lasts_ms, now)
  local stored = tonumber(redis.call("GET", key) or 0)
  if stored <= now then return now end
  return math.max(now, stored - math.max(0, redis.call("PTTL", key) - lasts_ms))
end

-- A rate limit for one network: the generic cell rate algorithm (GCRA). The key holds the time at which the whole
-- limit is free again. Each use moves that time on by one interval. The uses of one minute may come at once.

-- Return the new time to store (nil without a limit) and the seconds to wait (0: go on).
local function check_rate(key, per_minute, now)
  if per_minute == 0 then return nil, 0 end
  local stored = tonumber(redis.call("GET", key) or 0)
  if stored > now + 120000 then stored = 0 end -- written before the server's clock was set back
  local free_at = math.max(now, stored) + 60000 / per_minute
  return free_at, math.max(0, math.ceil((free_at - now - 60000) / 1000))
end

-- Count one use.
local function use_rate(key, free_at)
  if free_at then redis.call("SET", key, string.format("%.0f", free_at), "PX", 60000) end
end

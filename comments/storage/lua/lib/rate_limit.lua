-- A rate limit for one network: the generic cell rate algorithm (GCRA). The key holds the time at which the whole
-- limit is free again. Each use moves that time on by one interval. The uses of one minute may come at once.
-- include lib/free_time
local MINUTE_MS = 60000

-- Return the new time to store (nil without a limit) and the seconds to wait (0: go on).
local function check_rate(key, per_minute, now)
  if per_minute == 0 then return nil, 0 end
  local free_at = read_free_at(key, MINUTE_MS, now) + MINUTE_MS / per_minute
  return free_at, math.max(0, math.ceil((free_at - now - MINUTE_MS) / 1000))
end

-- Count one use.
local function use_rate(key, free_at)
  if free_at then redis.call("SET", key, string.format("%.0f", free_at), "PX", MINUTE_MS) end
end

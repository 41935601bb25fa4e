-- A limit on the bytes of one network in an hour, as in lib/rate_limit: the key holds the time at which the whole limit
-- is free again. The bytes of one hour may come at once.
local HOUR_MS = 3600000

-- Return the new time to store and the seconds to wait (0: go on).
local function check_bytes(key, bytes, per_hour, now)
  local stored = tonumber(redis.call("GET", key) or 0)
  if stored > now + 2 * HOUR_MS then stored = 0 end -- written before the server's clock was set back
  local free_at = math.max(now, stored) + bytes * HOUR_MS / per_hour
  return free_at, math.max(0, math.ceil((free_at - now - HOUR_MS) / 1000))
end

local function use_bytes(key, free_at) redis.call("SET", key, string.format("%.0f", free_at), "PX", HOUR_MS) end

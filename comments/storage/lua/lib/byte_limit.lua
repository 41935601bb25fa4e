-- A limit on the bytes of one network in an hour, as in lib/rate_limit: the key holds the time at which the whole limit
-- is free again. The bytes of one hour may come at once.
-- include lib/free_time
local HOUR_MS = 3600000

-- Return the new time to store and the seconds to wait (0: go on).
local function check_bytes(key, bytes, per_hour, now)
  local free_at = read_free_at(key, HOUR_MS, now) + bytes * HOUR_MS / per_hour
  return free_at, math.max(0, math.ceil((free_at - now - HOUR_MS) / 1000))
end

local function use_bytes(key, free_at) redis.call("SET", key, string.format("%.0f", free_at), "PX", HOUR_MS) end

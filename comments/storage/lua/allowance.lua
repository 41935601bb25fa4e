-- Put before scripts that take from what one network may send.
-- GCRA: the time at which an allowance is whole again moves on by one interval each time; a minute's worth may be spent
-- at once. Gives that time, nil without a limit, and the seconds to wait before there is enough, 0 for none.
local function after_one_more(key, per_minute, now)
  if per_minute == 0 then return nil, 0 end
  local whole_again = math.max(now, tonumber(redis.call("GET", key) or 0)) + 60000 / per_minute
  return whole_again, math.max(0, math.ceil((whole_again - now - 60000) / 1000))
end

local function spend(key, whole_again)
  if whole_again then redis.call("SET", key, string.format("%.0f", whole_again), "PX", 60000) end
end

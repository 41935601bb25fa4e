-- Put before scripts that decide about wake-ups.
local function clock()
  local t = redis.call("TIME")
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- How many more wake-ups the due comments deserve: one a batch, no more than `max_wakes` at once.
local function wakes_missing(wakes, due, now, batch, max_wakes)
  redis.call("ZREMRANGEBYSCORE", wakes, "-inf", now)
  local wanted = math.ceil(redis.call("ZCOUNT", due, "-inf", now) / batch)
  return math.min(wanted, max_wakes) - redis.call("ZCARD", wakes)
end

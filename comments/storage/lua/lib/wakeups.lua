-- Return how many more wake-ups the due records need: one for each batch, at most `max_wakeups` at once. `queues` are
-- the sorted sets of what is due.
local function wakeups_missing(wakeups, queues, now, batch, max_wakeups)
  redis.call("ZREMRANGEBYSCORE", wakeups, "-inf", now)
  local n = 0
  for _, due in ipairs(queues) do n = n + redis.call("ZCOUNT", due, "-inf", now) end
  return math.min(math.ceil(n / batch), max_wakeups) - redis.call("ZCARD", wakeups)
end

-- Announce a new record to the judges that listen for work on the site. Return a token if it needs a job too, or "".
-- `new` has id, site, channel, batch, max_wakeups and wakeup_ms.
local function announce_work(wakeups, queues, now, new)
  local listening = redis.call("PUBLISH", new.channel, new.site)
  -- Most records need no job, because enough judges listen or have one. What is due need not be counted for that.
  if redis.call("ZCOUNT", wakeups, "(" .. now, "+inf") + listening >= new.max_wakeups then return "" end
  if wakeups_missing(wakeups, queues, now, new.batch, new.max_wakeups) - listening < 1 then return "" end
  redis.call("ZADD", wakeups, now + new.wakeup_ms, new.id)
  return new.id
end

-- Replace deliveries after an attempt at each, with every effect, if they are still as they were read.
-- include lib/clock
-- include lib/delivery
-- KEYS     deliveries, deliveries:pending, deliveries:over, deliveries:rests, counters, webhook:lanes, webhook:versions
-- ARGV[1]  webhook, kept (finished deliveries), pauses (ms after each failure in a row), and attempts in their order:
--          id, comment, due (ms of the next attempt; 0 when it is finished), receiver ("works", "fails" or "unknown")
--          and counter ("" for none)
-- ARGV[2]  and on, two for each: record as read, record to write
-- Returns  1 for each, or 0 if the delivery changed since it was read.
local deliveries, pending, finished, pauses, counters, next_attempts, versions = unpack(KEYS)
local args, now = cjson.decode(ARGV[1]), clock()
local webhook = args.webhook
local TIME_STEP = 0.001 -- ms; a smaller one is lost in the score

local records, over, times, counts = {}, {}, {}, {}

-- Attempts made at the same time count as one failure.
local pause_before = redis.call("HGET", pauses, webhook)
local pause = pause_before
local function note_receiver(receiver)
  local till, failures, testing = parse_pause(pause)
  if receiver == "fails" and (testing or till <= now) then
    local ms = args.pauses[math.min(1 + failures, #args.pauses)]
    pause = string.format("%.0f|%d|", now + ms, failures + 1)
  elseif receiver == "works" or (receiver == "unknown" and failures == 0) then pause = false
  elseif receiver == "unknown" then pause = string.format("0|%d|", failures)
  end
end

local function retry(attempt)
  redis.call("ZREM", finished, attempt.id)
  redis.call("ZADD", pending, "NX", now, attempt.id)
  redis.call("ZADD", versions, 0, attempt.id)
  redis.call("ZADD", next_attempts, attempt.due, attempt.comment)
end

-- Remove finished deliveries from what is due, and drop the oldest ones of the log. Each gets a later time than the
-- one before, also within a millisecond and after the clock was set back: the log would drop newer ones first.
local function finish()
  local ids, last = {}, redis.call("ZRANGE", finished, -1, -1, "WITHSCORES")[2]
  local first = last and math.max(now, last + TIME_STEP) or now
  for i, attempt in ipairs(over) do
    ids[i], times[2 * i - 1], times[2 * i] = attempt.id, first + (i - 1) * TIME_STEP, attempt.id
  end
  redis.call("ZREM", pending, unpack(ids))
  redis.call("ZREM", versions, unpack(ids))
  local due, done = {}, {}
  for _, attempt in ipairs(over) do
    if next_delivery(versions, webhook, attempt.comment) then
      due[#due + 1], due[#due + 2] = now, attempt.comment
    else done[#done + 1] = attempt.comment end
  end
  if #due > 0 then redis.call("ZADD", next_attempts, unpack(due)) end
  if #done > 0 then redis.call("ZREM", next_attempts, unpack(done)) end
  redis.call("ZADD", finished, unpack(times))
  local oldest = redis.call("ZRANGE", finished, 0, -1 - args.kept)
  if #oldest == 0 then return end
  redis.call("ZREM", finished, unpack(oldest))
  redis.call("HDEL", deliveries, unpack(oldest))
end

local ids, results = {}, {}
for i, attempt in ipairs(args.attempts) do ids[i] = attempt.id end
local stored = redis.call("HMGET", deliveries, unpack(ids))
for i, attempt in ipairs(args.attempts) do
  results[i] = stored[i] == ARGV[2 * i] and 1 or 0
  if results[i] == 1 then
    records[#records + 1], records[#records + 2] = attempt.id, ARGV[2 * i + 1]
    if attempt.counter ~= "" then counts[attempt.counter] = (counts[attempt.counter] or 0) + 1 end
    note_receiver(attempt.receiver)
    if attempt.due > 0 then retry(attempt) else over[#over + 1] = attempt end
  end
end
if #records == 0 then return results end
redis.call("HSET", deliveries, unpack(records))
for counter, n in pairs(counts) do redis.call("HINCRBY", counters, counter, n) end
if not pause and pause_before then redis.call("HDEL", pauses, webhook)
elseif pause and pause ~= pause_before then redis.call("HSET", pauses, webhook, pause)
end
if #over > 0 then finish() end
return results

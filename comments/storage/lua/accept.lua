-- accept: keep a submission, queue it and decide about a wake-up; or say why not. All or nothing.
-- KEYS  1 comment  2 status:queued  3 due  4 wakes  5 counters  6 idempotency, or same of now  7 rate  8 closed
--       9 threads:opened  10 roots  11 replies  12 same of before
-- ARGV  1 id  2 record  3 bytes of the submission in it  4 ms received  5 fingerprint  6 "1" if the client gave a key
--       7 max_pending
--       8 max pending bytes  9 per_minute (0: no limit)  10 batch  11 max_wakes  12 thread name  13 parent
--       14 ms a wake-up lives  15 seconds a key is kept  16 seconds within which the same is a repeat
-- gives {"new", wake token or ""} | {"repeat", id} | {"reused"} | {"closed"} | {"parent"} | {"rate", s} | {"busy"}
--       | {"there"} for an id that is taken
local now = clock()

local keyed, fingerprint = ARGV[6] == "1", ARGV[5]

if keyed then
  local earlier = redis.call("GET", KEYS[6])
  if earlier then
    local id, was = string.match(earlier, "^([^|]*)|(.*)$")
    if was ~= fingerprint then return {"reused"} end
    return {"repeat", id}
  end
else
  for _, bucket in ipairs({KEYS[6], KEYS[12]}) do
    local id, at = string.match(redis.call("HGET", bucket, fingerprint) or "", "^(.*)|(.*)$")
    if id and now / 1000 - at < tonumber(ARGV[16]) then return {"repeat", id} end
  end
end

if redis.call("SISMEMBER", KEYS[8], ARGV[12]) == 1 then return {"closed"} end
local parent = ARGV[13]
if parent ~= "" and not redis.call("ZSCORE", KEYS[10], parent) then
  local reply = redis.call("HGET", KEYS[11], parent)
  if not reply or string.sub(reply, -2) ~= "|1" then return {"parent"} end
end

local whole_again, wait = after_one_more(KEYS[7], tonumber(ARGV[9]), now)
if wait > 0 then return {"rate", wait} end

if redis.call("ZCARD", KEYS[2]) >= tonumber(ARGV[7]) then return {"busy"} end
local size = tonumber(ARGV[3])
if tonumber(redis.call("HGET", KEYS[5], "pending_bytes") or 0) + size > tonumber(ARGV[8]) then return {"busy"} end

if not redis.call("SET", KEYS[1], ARGV[2], "NX") then return {"there"} end
redis.call("ZADD", KEYS[2], ARGV[4], ARGV[1])
redis.call("ZADD", KEYS[3], now, ARGV[1])
redis.call("HINCRBY", KEYS[5], "accepted", 1)
redis.call("HINCRBY", KEYS[5], "pending_bytes", size)
if keyed then
  redis.call("SET", KEYS[6], ARGV[1] .. "|" .. fingerprint, "EX", ARGV[15])
else
  redis.call("HSET", KEYS[6], fingerprint, ARGV[1] .. "|" .. math.floor(now / 1000))
  redis.call("EXPIRE", KEYS[6], 2 * ARGV[16])
end
redis.call("HSETNX", KEYS[9], ARGV[12], ARGV[4])
spend(KEYS[7], whole_again)

if wakes_missing(KEYS[4], KEYS[3], now, tonumber(ARGV[10]), tonumber(ARGV[11])) < 1 then return {"new", ""} end
redis.call("ZADD", KEYS[4], now + ARGV[14], ARGV[1])
return {"new", ARGV[1]}

-- Lease the receiver whose notice is due first. A lease is a due time in the future: if the sender dies, it ends.
-- KEYS     notices:due, notices:leases, notices:attempts
-- ARGV[1]  now and until (ms)
-- Returns  the receiver (with its site) and its failures in a row; nothing if none is due
local due, leases, attempts = unpack(KEYS)
local args = cjson.decode(ARGV[1])
local receiver = redis.call("ZRANGEBYSCORE", due, "-inf", args.now, "LIMIT", 0, 1)[1]
if not receiver then return {} end
local ends = string.format("%.0f", args["until"])
redis.call("ZADD", due, ends, receiver)
redis.call("ZADD", leases, ends, receiver)
return {receiver, redis.call("HGET", attempts, receiver) or "0"}

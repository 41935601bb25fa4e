-- Add items for a receiver. Its next notice is due at the earlier of two times, but not while it rests after a failure.
-- KEYS     notices:due, notices:leases, notices:items:<receiver>
-- ARGV[1]  receiver (with its site), due and now (ms), lifetime (ms of the items), longest_rest (ms)
-- ARGV[2]  and on: items
local due, leases, items = unpack(KEYS)
local args = cjson.decode(ARGV[1])
for i = 2, #ARGV do redis.call("SADD", items, ARGV[i]) end
redis.call("PEXPIRE", items, args.lifetime)
local at, before = args.due, redis.call("ZSCORE", due, args.receiver)
local lease = tonumber(redis.call("ZSCORE", leases, args.receiver) or 0)
-- A lease far in the future was made while the clock was wrong.
if lease > args.now and lease <= args.now + args.longest_rest then at = math.max(at, lease) end
if not before or tonumber(before) > at then redis.call("ZADD", due, string.format("%.0f", at), args.receiver) end

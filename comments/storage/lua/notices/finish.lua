-- End a claim: remove the items that were sent, and set the time of the next notice if items are left.
-- KEYS     notices:due, notices:leases, notices:attempts, notices:items:<receiver>
-- ARGV[1]  receiver (with its site), due (ms), failed (1: the receiver rests until then)
-- ARGV[2]  and on: items that were sent
local due, leases, attempts, items = unpack(KEYS)
local args = cjson.decode(ARGV[1])
for i = 2, #ARGV do redis.call("SREM", items, ARGV[i]) end
local left, at = redis.call("SCARD", items), string.format("%.0f", args.due)
if left > 0 then redis.call("ZADD", due, at, args.receiver) else redis.call("ZREM", due, args.receiver) end
if left > 0 and args.failed == 1 then
  redis.call("ZADD", leases, at, args.receiver)
  redis.call("HINCRBY", attempts, args.receiver, 1)
else
  redis.call("ZREM", leases, args.receiver)
  -- A notice that was only put off, for quiet hours or a limit, says nothing about the receiver.
  if left == 0 or #ARGV > 1 then redis.call("HDEL", attempts, args.receiver) end
end

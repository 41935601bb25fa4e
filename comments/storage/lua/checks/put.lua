-- Store the answers of claimed checks and announce those that are over.
-- include lib/clock
-- KEYS     checks:due, attempts, one check for each id
-- ARGV[1]  ids, waiting (for each id: true if it is due again), channel
-- ARGV[2]  one record for each id; "" for a check that is gone
local due, attempts = KEYS[1], KEYS[2]
local args, now = cjson.decode(ARGV[1]), clock()
for i, id in ipairs(args.ids) do
  local check, record = KEYS[i + 2], ARGV[i + 1]
  local is_stored = record ~= "" and redis.call("SET", check, record, "XX", "KEEPTTL")
  redis.call("HDEL", attempts, id)
  if is_stored and args.waiting[i] then
    redis.call("ZADD", due, "XX", now, id)
  else
    redis.call("ZREM", due, id)
    redis.call("PUBLISH", args.channel, id)
  end
end

-- Set one field of a check that has not expired, and let it live on.
-- KEYS     check
-- ARGV[1]  field, seconds (how long the check lives after this)
-- ARGV[2]  value of the field
-- Returns  1, or 0 if the check has expired.
local check, args = KEYS[1], cjson.decode(ARGV[1])
if redis.call("EXISTS", check) == 0 then return 0 end
redis.call("HSET", check, args.field, ARGV[2])
redis.call("EXPIRE", check, args.seconds)
return 1

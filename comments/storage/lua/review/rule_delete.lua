-- Delete a rule and record that in the audit, if the rule exists.
-- KEYS     standings or standings:terms, audit
-- ARGV[1]  name
-- ARGV[2]  audit entry
-- Returns  1 if there was a rule, else 0.
local rules, audit = unpack(KEYS)
if redis.call("HDEL", rules, cjson.decode(ARGV[1]).name) == 0 then return 0 end
redis.call("XADD", audit, "*", "e", ARGV[2])
return 1

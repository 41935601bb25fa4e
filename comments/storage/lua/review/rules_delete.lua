-- Delete rules with their hits, and record that in the audit if one of them exists.
-- KEYS     standings, standings:terms, standings:ranges, standings:hits, standings:times, standings:version, audit
-- ARGV[1]  names, is_rest (true: an earlier call has stored the audit entry)
-- ARGV[2]  audit entry
-- Returns  the number of rules that existed.
local rules, terms, ranges, hits, times, version, audit = unpack(KEYS)
local args, deleted = cjson.decode(ARGV[1]), 0
for _, name in ipairs(args.names) do
  deleted = deleted + redis.call("HDEL", rules, name) + redis.call("HDEL", terms, name)
  local range = string.match(name, "^range:(.*)$")
  if range then redis.call("HDEL", ranges, range) end
  redis.call("HDEL", hits, name)
  redis.call("HDEL", times, name)
end
if deleted == 0 then return 0 end
redis.call("INCR", version)
if not args.is_rest then redis.call("XADD", audit, "*", "e", ARGV[2]) end
return deleted

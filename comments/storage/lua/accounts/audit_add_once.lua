-- Add an entry to the audit of a site, unless an earlier try added it.
-- KEYS     audit
-- ARGV[1]  waiting (id of the entry while it waited), since (ms from which an earlier try is possible)
-- ARGV[2]  the audit entry
-- Returns  nothing
local audit, args = KEYS[1], cjson.decode(ARGV[1])
for _, entry in ipairs(redis.call("XRANGE", audit, args.since, "+")) do
  if entry[2][3] == "w" and entry[2][4] == args.waiting then return end
end
redis.call("XADD", audit, "*", "e", ARGV[2], "w", args.waiting)

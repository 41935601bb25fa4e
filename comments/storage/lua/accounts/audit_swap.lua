-- Put the copy of an audit in its place, after the entries that were added while it was made.
-- KEYS     audit, copy
-- ARGV[1]  last (id of the last entry that was copied), most (entries that one call copies)
-- Returns  1, or 0 if more entries are left to copy.
local audit, copy = unpack(KEYS)
local args = cjson.decode(ARGV[1])
local rest = redis.call("XRANGE", audit, "(" .. args.last, "+", "COUNT", args.most + 1)
if #rest > args.most then return 0 end
for _, entry in ipairs(rest) do redis.call("XADD", copy, entry[1], unpack(entry[2])) end
redis.call("RENAME", copy, audit)
return 1

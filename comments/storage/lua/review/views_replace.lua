-- Replace the saved views of a team that are still as they were read, and record that in the audit.
-- KEYS     views, audit
-- ARGV[1]  nothing
-- ARGV[2]  views as read, "" for none
-- ARGV[3]  views to write
-- ARGV[4]  audit entry
-- Returns  1, or 0 if the views changed since they were read.
local views, audit = unpack(KEYS)
if (redis.call("GET", views) or "") ~= ARGV[2] then return 0 end
redis.call("SET", views, ARGV[3])
redis.call("XADD", audit, "*", "e", ARGV[4])
return 1

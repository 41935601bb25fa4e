-- Find the sites that may have work for a job.
-- KEYS     for each site: outbox, and keys that only exist while there may be work
-- ARGV[1]  each (number of keys of a site)
-- Returns  the places of these sites, beginning with 0
local each, found = cjson.decode(ARGV[1]).each, {}

for start = 1, #KEYS, each do
  if redis.call("EXISTS", unpack(KEYS, start + 1, start + each - 1)) > 0 or redis.call("XLEN", KEYS[start]) > 0 then
    found[#found + 1] = (start - 1) / each
  end
end
return found

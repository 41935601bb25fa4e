-- Make the counts of domains agree with what one comment teaches now.
-- KEYS     repute, repute:told
-- ARGV[1]  site, comment, label ("" for no lesson), domains
local counts, lessons = unpack(KEYS)
local args = cjson.decode(ARGV[1])
local field = args.site .. " " .. args.comment

local function count(label, domains, by)
  for _, domain in ipairs(domains) do
    local name = label .. " " .. domain
    local sites = cjson.decode(redis.call("HGET", counts, name) or "{}")
    local n = (sites[args.site] or 0) + by
    sites[args.site] = n > 0 and n or nil
    if next(sites) then redis.call("HSET", counts, name, cjson.encode(sites)) else redis.call("HDEL", counts, name) end
  end
end

local earlier = redis.call("HGET", lessons, field)
if earlier then
  local old = cjson.decode(earlier)
  count(old.label, old.domains, -1)
  redis.call("HDEL", lessons, field)
end
if args.label ~= "" and #args.domains > 0 then
  count(args.label, args.domains, 1)
  redis.call("HSET", lessons, field, cjson.encode({label = args.label, domains = args.domains}))
end

-- tell: make the names of domains hold exactly what one comment teaches of them now.
-- KEYS  1 repute  2 repute told
-- ARGV  1 site  2 comment  3 label or ""  4 domains as a JSON array
local site, of = ARGV[1], ARGV[1] .. " " .. ARGV[2]

local function count(label, domains, by)
  for _, domain in ipairs(domains) do
    local field = label .. " " .. domain
    local lessons = cjson.decode(redis.call("HGET", KEYS[1], field) or "{}")
    local n = (lessons[site] or 0) + by
    lessons[site] = n > 0 and n or nil
    if next(lessons) then redis.call("HSET", KEYS[1], field, cjson.encode(lessons))
    else redis.call("HDEL", KEYS[1], field) end
  end
end

local told = redis.call("HGET", KEYS[2], of)
if told then
  local old = cjson.decode(told)
  count(old.label, old.domains, -1)
  redis.call("HDEL", KEYS[2], of)
end
if ARGV[3] ~= "" and ARGV[4] ~= "[]" then
  count(ARGV[3], cjson.decode(ARGV[4]), 1)
  redis.call("HSET", KEYS[2], of, '{"label":"' .. ARGV[3] .. '","domains":' .. ARGV[4] .. "}")
end
return 1

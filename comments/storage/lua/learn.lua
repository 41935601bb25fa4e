-- learn: make the counts hold exactly what this comment teaches now; the old lesson is taken back with its own tokens.
-- KEYS  1 comment  2 learned  3 corpus:ham  4 corpus:spam  5 lessons  6 unlearned
-- ARGV  1 id  2 state line as read  3 label or ""  4 tokens as a JSON array
--       5 log-odds of spam that it had, for the bar, or ""
-- gives 1 if the counts changed, 0 if they were right, -1 if the comment changed meanwhile (it stays due)
local CORPUS = {ham = KEYS[3], spam = KEYS[4]}
-- The latest lessons of ham that raise the bar for refusing.
local MOST_BARS = 100
local record = redis.call("GET", KEYS[1])
if not record or string.sub(record, 1, string.len(ARGV[2])) ~= ARGV[2] then return -1 end

local function count(label, tokens, by)
  for _, token in ipairs(tokens) do
    if redis.call("HINCRBY", CORPUS[label], token, by) <= 0 then redis.call("HDEL", CORPUS[label], token) end
  end
  redis.call("HINCRBY", KEYS[5], label, by)
end

-- Without the comment's own bar, and with the new one where there is one; a JSON array of "id log-odds".
local function raise_bar()
  local kept = {}
  for _, bar in ipairs(cjson.decode(redis.call("HGET", KEYS[5], "bars") or "[]")) do
    if string.match(bar, "^%S+") ~= ARGV[1] then kept[#kept + 1] = bar end
  end
  if ARGV[3] == "ham" and ARGV[5] ~= "" then kept[#kept + 1] = ARGV[1] .. " " .. ARGV[5] end
  if #kept > MOST_BARS then table.remove(kept, 1) end
  if #kept == 0 then redis.call("HDEL", KEYS[5], "bars") else redis.call("HSET", KEYS[5], "bars", cjson.encode(kept)) end
end

redis.call("SREM", KEYS[6], ARGV[1])
local learned = redis.call("HGET", KEYS[2], ARGV[1])
local old = learned and cjson.decode(learned)
if (old and old.label or "") == ARGV[3] then return 0 end
if old then
  count(old.label, old.tokens, -1)
  redis.call("HDEL", KEYS[2], ARGV[1])
end
if ARGV[3] ~= "" then
  local tokens = cjson.decode(ARGV[4])
  count(ARGV[3], tokens, 1)
  redis.call("HSET", KEYS[2], ARGV[1], '{"label":"' .. ARGV[3] .. '","tokens":' .. ARGV[4] .. "}")
end
raise_bar()
return 1

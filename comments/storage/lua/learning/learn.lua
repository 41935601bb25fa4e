-- Make the corpus agree with what one comment teaches now. The old lesson is removed with its own tokens.
-- KEYS     comment (or checks:taught), learned, corpus:ham, corpus:spam, lessons, unlearned, quotas, bars
-- ARGV[1]  id, at (ms of the moderator's decision), ceiling_lessons (ham lessons that set the ceiling), is_check
-- ARGV[2]  state line as read; "" for a record that is gone
-- ARGV[3]  lesson as JSON; "" for none
-- Returns  1 if the corpus changed, 0 if not, -1 if the comment changed since it was read (its lesson stays due).
local comment, learned, corpus_ham, corpus_spam, totals, unlearned, quota_members, ceilings = unpack(KEYS)
local args, line, written = cjson.decode(ARGV[1]), ARGV[2], ARGV[3]
local CORPUS, id = {ham = corpus_ham, spam = corpus_spam}, args.id
local record = args.is_check and redis.call("HGET", comment, id) or not args.is_check and redis.call("GET", comment)
record = record or ""
if string.sub(record, 1, string.len(line)) ~= line then return -1 end

-- Tokens are in a lesson once. One command for each would take most of the time of learning.
local TOKENS_AT_ONCE = 1000
local function count_tokens(corpus, by, ...)
  local counted, gone = {}, {}
  for i, n in ipairs(redis.call("HMGET", corpus, ...)) do
    local token, total = select(i, ...), (tonumber(n) or 0) + by
    if total > 0 then counted[#counted + 1], counted[#counted + 2] = token, total
    else gone[#gone + 1] = token end
  end
  if #counted > 0 then redis.call("HSET", corpus, unpack(counted)) end
  if #gone > 0 then redis.call("HDEL", corpus, unpack(gone)) end
end

local function count(lesson, by)
  for first = 1, #lesson.tokens, TOKENS_AT_ONCE do
    local last = math.min(first + TOKENS_AT_ONCE - 1, #lesson.tokens)
    count_tokens(CORPUS[lesson.label], by, unpack(lesson.tokens, first, last))
  end
  redis.call("HINCRBY", totals, lesson.label, by)
  -- Lessons of earlier versions have no residual.
  -- The sum is never "-0", which HINCRBY of Redis refuses.
  redis.call("HINCRBY", totals, "residual", 0 + by * (lesson.residual or 0))
end

-- The members of a quota begin with its name and are ordered by comment id.
local function is_counted(lesson, of)
  for _, quota in ipairs(lesson.quotas or {}) do
    local name, most = quota[1], quota[2]
    if redis.call("ZLEXCOUNT", quota_members, "[" .. name, "(" .. name .. of) >= most then return false end
  end
  return true
end

-- Return the lessons whose count can change when a lesson enters or leaves these quotas: the last one within the
-- limit and the first one beyond it.
local function lessons_at_limit(lesson)
  local found = {}
  for _, quota in ipairs(lesson.quotas or {}) do
    local name, most = quota[1], quota[2]
    local range = redis.call("ZRANGEBYLEX", quota_members, "[" .. name, "(" .. name .. "\255", "LIMIT", most - 1, 2)
    for _, member in ipairs(range) do
      local of = string.sub(member, string.len(name) + 1)
      if of ~= id then found[of] = cjson.decode(redis.call("HGET", learned, of)) end
    end
  end
  return found
end

-- Add (1) or remove (-1) this comment's lesson, and recount the lessons that this moves across a limit.
local function move(lesson, by)
  local others, was = lessons_at_limit(lesson), {}
  for of, other in pairs(others) do was[of] = is_counted(other, of) end
  if by < 0 and is_counted(lesson, id) then count(lesson, by) end
  for _, quota in ipairs(lesson.quotas or {}) do
    local member = quota[1] .. id
    if by > 0 then redis.call("ZADD", quota_members, 0, member) else redis.call("ZREM", quota_members, member) end
  end
  if by > 0 and is_counted(lesson, id) then count(lesson, by) end
  for of, other in pairs(others) do
    local is = is_counted(other, of)
    if is ~= was[of] then count(other, is and 1 or -1) end
  end
end

-- Each member of `ceilings` is a comment id and the log-odds of its ham lesson. Keep the highest of the latest.
local function update_ceiling(old, new)
  if old and old.label == "ham" then redis.call("ZREM", ceilings, id .. " " .. (old.odds or "")) end
  if new and new.label == "ham" then redis.call("ZADD", ceilings, args.at, id .. " " .. new.odds) end
  local highest = 0
  for _, member in ipairs(redis.call("ZREVRANGE", ceilings, 0, args.ceiling_lessons - 1)) do
    highest = math.max(highest, tonumber(string.match(member, "%S+$")))
  end
  redis.call("HSET", totals, "bar", string.format("%.4f", highest))
end

redis.call("SREM", unlearned, id)
local kept = redis.call("HGET", learned, id)
if not kept and written == "" then return 0 end
local old, new = kept and cjson.decode(kept), written ~= "" and cjson.decode(written)
update_ceiling(old, new)
if kept == written then return 0 end
if old then
  move(old, -1)
  redis.call("HDEL", learned, id)
end
if new then
  redis.call("HSET", learned, id, written)
  move(new, 1)
end
return 1

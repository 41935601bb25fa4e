-- Count values in sliding windows and return how many other comments had each. Two fixed buckets estimate one window.
-- KEYS     for each window: the current bucket, the bucket before
-- ARGV[1]  windows: for each the share of the bucket before that still counts, and the seconds a bucket is kept;
--          uses: for each the number of its window, and 1 to count it, 0 if it was counted before, 2 to never count it
-- ARGV[2]  and on: the value of each use
-- Returns  for each use, the number of other comments with that value.
local args = cjson.decode(ARGV[1])
-- The most names in one command, because Lua passes only some thousand arguments.
local MOST = 1000

-- Return the numbers of a bucket's values.
local function read_bucket(bucket, values)
  local numbers = {}
  for first = 1, #values, MOST do
    local some = {unpack(values, first, math.min(first + MOST - 1, #values))}
    for i, n in ipairs(redis.call("HMGET", bucket, unpack(some))) do numbers[some[i]] = tonumber(n or 0) end
  end
  return numbers
end

local function write_bucket(bucket, numbers, counted, seconds)
  local changed = {}
  for value in pairs(counted) do changed[#changed + 1], changed[#changed + 2] = value, numbers[value] end
  if #changed == 0 then return end
  for first = 1, #changed, MOST do
    redis.call("HSET", bucket, unpack(changed, first, math.min(first + MOST - 1, #changed)))
  end
  redis.call("EXPIRE", bucket, seconds)
end

local uses_of, counts = {}, {}
for window in ipairs(args.windows) do uses_of[window] = {} end
for i, use in ipairs(args.uses) do
  local uses = uses_of[use[1]]
  uses[#uses + 1] = i
end
for window, uses in ipairs(uses_of) do
  local bucket, before, values, counted = KEYS[2 * window - 1], KEYS[2 * window], {}, {}
  local share, seconds = args.windows[window][1], args.windows[window][2]
  for n, i in ipairs(uses) do values[n] = ARGV[1 + i] end
  local numbers, earlier = read_bucket(bucket, values), read_bucket(before, values)
  for _, i in ipairs(uses) do
    local mode, value = args.uses[i][2], ARGV[1 + i]
    local n = numbers[value] + (mode == 0 and 0 or 1)
    if mode == 1 then
      numbers[value] = n
      counted[value] = true
    end
    counts[i] = math.max(0, n - 1 + math.ceil(earlier[value] * share))
  end
  write_bucket(bucket, numbers, counted, seconds)
end
return counts

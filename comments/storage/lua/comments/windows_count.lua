-- Count values in sliding windows and return how many other comments had each. Two fixed buckets estimate one window.
-- KEYS     for each window: the current bucket, the bucket before
-- ARGV[1]  windows: for each the share of the bucket before that still counts, and the seconds a bucket is kept;
--          uses: for each the number of its window, and 1 to count it, 0 if it was counted before, 2 to never count it
-- ARGV[2]  and on: the value of each use
-- Returns  for each use, the number of other comments with that value.
local args = cjson.decode(ARGV[1])
local counts, kept = {}, {}
for i, use in ipairs(args.uses) do
  local window, counted, value = use[1], use[2], ARGV[1 + i]
  local bucket, before = KEYS[2 * window - 1], KEYS[2 * window]
  local share, seconds = args.windows[window][1], args.windows[window][2]
  local n
  if counted == 1 then
    n = redis.call("HINCRBY", bucket, value, 1)
    if not kept[window] then
      redis.call("EXPIRE", bucket, seconds)
      kept[window] = true
    end
  else
    n = tonumber(redis.call("HGET", bucket, value) or 0) + (counted == 2 and 1 or 0)
  end
  local earlier = tonumber(redis.call("HGET", before, value) or 0)
  counts[i] = math.max(0, n - 1 + math.ceil(earlier * share))
end
return counts

-- note: count values in windows and say how many others each had. Two buckets estimate a sliding window.
-- KEYS  for each window: bucket of now, bucket before
-- ARGV  1 windows, then for each window: share of the bucket before that still counts, seconds a bucket is kept;
--       then for each use: number of its window, value, "1" if it is to be noted
-- gives for each use how many other comments had the value
local windows = tonumber(ARGV[1])
local counts, kept = {}, {}
for i = 2 + 2 * windows, #ARGV, 3 do
  local w, value = tonumber(ARGV[i]), ARGV[i + 1]
  local bucket = KEYS[2 * w - 1]
  local n
  if ARGV[i + 2] == "1" then
    n = redis.call("HINCRBY", bucket, value, 1)
    if not kept[w] then
      redis.call("EXPIRE", bucket, ARGV[1 + 2 * w])
      kept[w] = true
    end
  else
    n = tonumber(redis.call("HGET", bucket, value) or 0)
  end
  local before = tonumber(redis.call("HGET", KEYS[2 * w], value) or 0)
  counts[#counts + 1] = math.max(0, n - 1 + math.ceil(before * ARGV[2 * w]))
end
return counts

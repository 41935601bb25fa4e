-- wake: hand out as many of the tokens as there are wake-ups missing.
-- KEYS  1 wakes  2 due
-- ARGV  1 batch  2 max_wakes  3 ms a wake-up lives  4.. fresh tokens
-- gives the tokens for which jobs are to be asked for
local now = clock()
local missing = wakes_missing(KEYS[1], KEYS[2], now, tonumber(ARGV[1]), tonumber(ARGV[2]))
local tokens = {}
for i = 1, math.min(missing, #ARGV - 3) do
  redis.call("ZADD", KEYS[1], now + ARGV[3], ARGV[3 + i])
  tokens[i] = ARGV[3 + i]
end
return tokens

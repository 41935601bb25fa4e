-- Store one network's report of a comment, unless the network is over its rate limit.
-- include lib/clock
-- include lib/numbers
-- include lib/rate_limit
-- KEYS     rate, reports, reported, counters
-- ARGV[1]  comment, report, per_minute (0: no limit), kept_seconds, max_reports, numbers, periods,
--          not_hourly, max_pages and counts (see lib/numbers)
-- ARGV[2]  name of the network
-- Returns  the seconds to wait, or 0 and each report.
local rate, reports, reported, counters = unpack(KEYS)
local args, network, now = cjson.decode(ARGV[1]), ARGV[2], clock()

local free_at, wait = check_rate(rate, args.per_minute, now)
if wait > 0 then return {wait} end
use_rate(rate, free_at)

if redis.call("HLEN", reports) < args.max_reports and redis.call("HSETNX", reports, network, args.report) == 1 then
  redis.call("EXPIRE", reports, args.kept_seconds)
  redis.call("ZADD", reported, now, args.comment)
  redis.call("ZREMRANGEBYSCORE", reported, "-inf", now - 1000 * args.kept_seconds)
  redis.call("EXPIRE", reported, args.kept_seconds)
  redis.call("HINCRBY", counters, "reported", 1)
  local numbers = open_numbers(args.numbers, args.periods, args.not_hourly, args.max_pages)
  add_counts(numbers, args.counts, 1)
  write_numbers(numbers)
end
return {0, unpack(redis.call("HVALS", reports))}

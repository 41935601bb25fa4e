-- Count the comments of one stretch of time again, if they are still as they were read, and move the position.
-- include lib/numbers
-- KEYS     recount, status:<status> for each status, then each comment
-- ARGV[1]  prefix, periods, not_hourly, max_pages, position (as read), next, n_statuses, counts, pages
-- ARGV[2]  and on: the state line of each comment as read
-- Returns  1 if the position moved, 2 if all comments are counted, 0 if something changed in between
local args = cjson.decode(ARGV[1])
if redis.call("GET", KEYS[1]) ~= args.position then return 0 end
for i = 2, #ARGV do
  local record = redis.call("GET", KEYS[args.n_statuses + i])
  if not record or string.sub(record, 1, string.len(ARGV[i])) ~= ARGV[i] then return 0 end
end
local numbers = open_numbers(args.prefix, args.periods, args.not_hourly, args.max_pages)
add_counts(numbers, args.counts, 1)
for _, page in ipairs(args.pages) do add_page(numbers, page[1], page[2], page[3]) end
write_numbers(numbers)
redis.call("SET", KEYS[1], args.next)
for i = 2, args.n_statuses + 1 do
  if redis.call("ZCOUNT", KEYS[i], args.next, "+inf") > 0 then return 1 end
end
redis.call("DEL", KEYS[1])
return 2

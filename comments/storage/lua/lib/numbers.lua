-- Collect the counts of many changes and write each counter once.
-- `periods` has the places of each hour: {key, beginning of the field, time at which the key expires}.
local function open_numbers(prefix, periods, not_hourly, max_pages)
  return {prefix = prefix, periods = periods, not_hourly = not_hourly, max_pages = max_pages, fields = {}, pages = {}}
end

local function add_to(numbers, place, name, n)
  local key, field = numbers.prefix .. place[1], place[2] .. name
  if not numbers.fields[key] then numbers.fields[key] = {expires = place[3], counts = {}} end
  local counts = numbers.fields[key].counts
  counts[field] = (counts[field] or 0) + n
end

-- Each count is {hour, name, n}.
local function add_counts(numbers, counts, factor)
  for _, count in ipairs(counts) do
    local places = numbers.periods[tostring(count[1])][1]
    local is_hourly = true
    for _, start in ipairs(numbers.not_hourly) do
      if string.sub(count[2], 1, string.len(start)) == start then is_hourly = false end
    end
    for i = is_hourly and 1 or 2, 3 do add_to(numbers, places[i], count[2], factor * count[3]) end
  end
end

-- The pages of a place keep the order of their first changes.
local function add_page(numbers, hour, thread, n)
  for _, place in ipairs(numbers.periods[tostring(hour)][2]) do
    local key = numbers.prefix .. place[1]
    local pages = numbers.pages[key]
    if not pages then
      pages = {expires = place[3], threads = {}, counts = {}}
      numbers.pages[key] = pages
    end
    if not pages.counts[thread] then pages.threads[#pages.threads + 1] = thread end
    pages.counts[thread] = (pages.counts[thread] or 0) + n
  end
end

-- The space-saving algorithm of Metwally et al. 2005: a new thread replaces the one with the fewest comments, and gets
-- its number, so a busy thread is never missed.
local function count_page(key, thread, n, max_pages)
  local score = redis.call("ZSCORE", key, thread)
  if score then
    if score + n <= 0 then redis.call("ZREM", key, thread) else redis.call("ZINCRBY", key, n, thread) end
  elseif n > 0 then
    local fewest = 0
    if redis.call("ZCARD", key) >= max_pages then fewest = redis.call("ZPOPMIN", key)[2] end
    redis.call("ZADD", key, fewest + n, thread)
  end
end

local function write_numbers(numbers)
  for key, fields in pairs(numbers.fields) do
    for field, n in pairs(fields.counts) do
      if n ~= 0 and redis.call("HINCRBY", key, field, n) == 0 then redis.call("HDEL", key, field) end
    end
    redis.call("EXPIREAT", key, fields.expires)
  end
  for key, pages in pairs(numbers.pages) do
    for _, thread in ipairs(pages.threads) do count_page(key, thread, pages.counts[thread], numbers.max_pages) end
    redis.call("EXPIREAT", key, pages.expires)
  end
end

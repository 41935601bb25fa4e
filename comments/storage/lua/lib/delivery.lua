-- Return the id of the delivery that comes next for a comment: its lowest version.
local function next_delivery(versions, webhook, comment)
  local prefix = webhook .. ":" .. comment
  return redis.call("ZRANGEBYLEX", versions, "[" .. prefix .. ":", "(" .. prefix .. ";", "LIMIT", 0, 1)[1]
end

-- Return until when a receiver is paused (ms), its failures in a row, and true while one delivery tests it.
local function parse_pause(stored)
  local till, failures, testing = string.match(stored or "0|0|", "^(%d+)|(%d+)|(%a*)$")
  return tonumber(till), tonumber(failures), testing ~= ""
end

local function read_pause(pauses, webhook) return parse_pause(redis.call("HGET", pauses, webhook)) end

-- Put before scripts that look for the delivery that comes next for a comment.
local function head(versions, webhook, comment)
  local lane = webhook .. ":" .. comment
  return redis.call("ZRANGEBYLEX", versions, "[" .. lane .. ":", "(" .. lane .. ";", "LIMIT", 0, 1)[1]
end

-- Until when a webhook is left alone, how often in a row it failed, and whether that is because it is being asked.
local function rest(rests, webhook)
  local till, failures, asked = string.match(redis.call("HGET", rests, webhook) or "0|0|", "^(%d+)|(%d+)|(%a*)$")
  return tonumber(till), tonumber(failures), asked ~= ""
end

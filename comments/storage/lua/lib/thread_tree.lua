-- The tree of a thread. A node is a comment that was published once: parent, ms received, state and replies. The state
-- is p (published), s (not published; readers see a stub while there are visible comments below it) or h (not
-- published, and everything below it is hidden). `replies` counts the published comments below that no h between hides.
-- The hash `nodes` holds "parent|received|state|replies", but not a published root without replies, nor an s without.
-- The sorted sets `roots`, and `children` of each comment, list what readers can reach.
-- A tree is {nodes, roots, children, comments}: two keys, and the prefixes of two kinds of keys of the same site.

local function is_listed(node)
  return node.state == "p" or (node.state == "s" and node.replies > 0)
end

-- Return the visible comments of a node and everything below it, as if nothing above it hid them.
local function visible_comments(node)
  return node.state == "h" and 0 or node.replies + (node.state == "p" and 1 or 0)
end

local function read_node(tree, id)
  local node = redis.call("HGET", tree.nodes, id) or ""
  local parent, received, state, replies = string.match(node, "^([^|]*)|(%d+)|(%a)|(%d+)$")
  if parent then
    return {id = id, parent = parent, received = tonumber(received), state = state, replies = tonumber(replies)}
  end
  received = redis.call("ZSCORE", tree.roots, id)
  return received and {id = id, parent = "", received = tonumber(received), state = "p", replies = 0}
end

-- Return the node of a parent. One that is not in `nodes` is made from its record.
local function read_parent(tree, id)
  local node = read_node(tree, id)
  if node then return node end
  local submission = string.match(redis.call("GET", tree.comments .. id) or "", "\n(.*)$")
  if not submission then return nil end
  submission = cjson.decode(submission)
  return {id = id, parent = submission.parent or "", received = submission.received, state = "s", replies = 0}
end

-- Change the state of a node and its number of replies. Returns the change of its visible comments.
local function update_node(tree, node, state, more_replies)
  local was_listed, before = is_listed(node), visible_comments(node)
  node.state, node.replies = state, node.replies + more_replies
  local leaf = node.replies == 0
  if leaf and (state == "s" or (state == "p" and node.parent == "")) then redis.call("HDEL", tree.nodes, node.id)
  else
    local value = string.format("%s|%.0f|%s|%d", node.parent, node.received, state, node.replies)
    redis.call("HSET", tree.nodes, node.id, value)
  end
  if is_listed(node) ~= was_listed then
    local list = node.parent == "" and tree.roots or tree.children .. node.parent
    if was_listed then redis.call("ZREM", list, node.id) else redis.call("ZADD", list, node.received, node.id) end
  end
  return visible_comments(node) - before
end

-- Give a comment a state, and update everything above it. Returns the change of the thread's visible comments, the id
-- of the topmost comment that readers no longer reach ("" if they reach this one), and the number of nodes visited.
local function set_state(tree, id, parent, received, state)
  local node = read_node(tree, id) or {id = id, parent = parent, received = received, state = "s", replies = 0}
  local change, visited = update_node(tree, node, state, 0), 1
  local gone = is_listed(node) and "" or id
  while change ~= 0 and node.parent ~= "" do
    node = read_parent(tree, node.parent)
    if not node then return 0, id, visited end
    change, visited = update_node(tree, node, node.state, change), visited + 1
    if gone ~= "" and not is_listed(node) then gone = node.id end
  end
  return change, gone, visited
end

-- Return the state of a comment that readers reach (p, or s for a stub), and its depth; "" for any other.
local function reached_state(tree, id)
  local node, depth = read_node(tree, id), 0
  if not node or not is_listed(node) then return "", 0 end
  local state = node.state
  while node.parent ~= "" do
    node, depth = read_node(tree, node.parent), depth + 1
    if not node or node.state == "h" then return "", 0 end
  end
  return state, depth
end

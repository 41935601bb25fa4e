-- Find out which comments readers reach.
-- include lib/thread_tree
-- KEYS     for each comment: nodes, roots
-- ARGV[1]  ids
-- Returns  for each comment: p (published), s (a stub) or "" (not reached), and its depth.
local args, answer = cjson.decode(ARGV[1]), {}
for i, id in ipairs(args.ids) do
  local state, depth = reached_state({nodes = KEYS[2 * i - 1], roots = KEYS[2 * i]}, id)
  answer[2 * i - 1], answer[2 * i] = state, depth
end
return answer

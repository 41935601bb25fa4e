-- Record how far a pass over the records of moved comments is, unless a thread moved in between.
-- KEYS     threads:rewriting, threads:moving
-- ARGV[1]  (none)
-- ARGV[2]  the pass and its position as read
-- ARGV[3]  the position now, "" at the end of the pass
if redis.call("GET", KEYS[1]) ~= ARGV[2] then return end
if ARGV[3] == "" then redis.call("DEL", KEYS[1], KEYS[2]) else redis.call("SET", KEYS[1], ARGV[3]) end

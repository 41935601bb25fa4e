-- Record how far a pass over the records of moved comments is, unless a thread moved in between.
-- KEYS     threads:rewriting, threads:moving
-- ARGV[1]  (none)
-- ARGV[2]  the pass and its position as read
-- ARGV[3]  the position now, "" at the end of the pass
-- Returns  1 if the pass goes on or is over, 0 if it has to begin again.
if redis.call("GET", KEYS[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == "" then redis.call("DEL", KEYS[1], KEYS[2]) else redis.call("SET", KEYS[1], ARGV[3]) end
return 1

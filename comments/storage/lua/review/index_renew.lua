-- Begin to index every comment of a site again. The present entries stay until they are replaced.
-- KEYS     index:state, index:chunks, index:retired, index:held, then index:top of each status and kind
-- ARGV[1]  nothing
-- Entries in slots below `recount` are counted again for the lists of frequent values. With `all`, the pass over the
-- comments marks those with an entry too.
local state, chunks, retired, held_rows = unpack(KEYS, 1, 4)
local CHUNK = 65536
local next_slot = math.ceil(tonumber(redis.call("HGET", state, "next") or 0) / CHUNK) * CHUNK
for _, chunk in ipairs(redis.call("SMEMBERS", chunks)) do redis.call("SADD", retired, chunk) end
redis.call("HSET", state, "next", next_slot, "recount", next_slot, "all", 1)
redis.call("HDEL", state, "pass")
redis.call("UNLINK", held_rows, unpack(KEYS, 5))

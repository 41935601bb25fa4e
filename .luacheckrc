-- The scripts in comments/storage/lua run inside Redis or Valkey, on Lua 5.1.
std = "lua51"
max_line_length = 120
read_globals = {"KEYS", "ARGV", "redis", "cjson", "cmsgpack", "struct", "bit"}

-- Functions of the files that `-- include lib/...` stands for. A test compares this list with the files.
local library = {"add_counts", "add_page", "add_to", "announce_work", "check_bytes", "check_rate", "clock", "count_page", "is_listed", "next_delivery", "open_numbers", "parse_pause", "read_free_at", "reached_state", "read_node", "read_parent", "read_pause", "set_state", "update_node", "use_bytes", "use_rate", "visible_comments", "wakeups_missing", "write_numbers"}
for _, name in ipairs(library) do table.insert(read_globals, name) end
files["comments/storage/lua/lib"] = {ignore = {"211"}}

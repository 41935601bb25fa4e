"""The MCP server, with which an assistant works through the review API. Needs `replygate[mcp]`."""

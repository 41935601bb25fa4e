"""Errors about the arguments of tools, in words that name each argument and what it may be."""

from collections.abc import Iterator, Mapping
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import ValidationError

#: Kinds of the problems that pydantic finds -> our words, with pydantic's limits in braces.
PROBLEM_WORDS: Mapping[str, str] = {
    "missing": "is required",
    "string_type": "must be text",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a whole number",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
}
#: Characters of a name that an error repeats.
MAX_SHOWN_NAME = 60


class ExplainingServer(MCPServer):
    """An MCP server that explains wrong arguments, which the library answers with the words of pydantic."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None) -> Any:
        """Raises ToolError."""
        tool = self._tool_manager.get_tool(name)
        if tool is None:
            raise ToolError(f"There is no tool {name[:MAX_SHOWN_NAME]!r}.")
        allowed = tool.parameters.get("properties", {})
        unknown = [
            f"{given[:MAX_SHOWN_NAME]!r} is no argument of this tool" for given in arguments if given not in allowed
        ]
        if unknown:
            listed = ", ".join(allowed)
            raise ToolError(f"{name}: {'; '.join(unknown)}. It has: {listed}.")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(f"{name}: {'; '.join(problem_words(error.__cause__))}.") from error.__cause__
            raise


def problem_words(error: ValidationError) -> Iterator[str]:
    """Describe every problem: the argument and what it must be."""
    for found in error.errors(include_url=False, include_input=False):
        words = PROBLEM_WORDS.get(found["type"], "has a value that is not allowed")
        yield f"{'.'.join(str(part) for part in found['loc'])} {words.format(**found.get('ctx', {}))}"

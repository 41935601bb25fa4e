"""The text that an assistant gets, the limit of its actions, and the command without the extra."""

import asyncio
import sys
from functools import cache

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from mcp.server.mcpserver.exceptions import ToolError

from replygate.__main__ import cli
from replygate.assistant.mcp_server import SECONDS_PER_HOUR, HourlyLimit, build_server
from replygate.assistant.tool_errors import ExplainingServer
from replygate.assistant.untrusted_text import visible
from replygate.client import AsyncClient
from replygate.commands import mcp_command


def test_hidden_characters_become_numbers() -> None:
    assert visible("a\u200bb\u202ec\U000e0061\ufeff") == "a[U+200B]b[U+202E]c[U+E0061][U+FEFF]"
    assert visible("x\U000e0100\ufe01") == "x[U+E0100][U+FE01]"
    assert visible("Grüße,\n\tمرحبا 日本 👍") == "Grüße,\n\tمرحبا 日本 👍"


def test_a_long_text_is_cut() -> None:
    assert visible("a" * 10, limit=4) == "aaaa [6 more characters]"


@given(st.text())
def test_no_control_character_reaches_the_assistant(text: str) -> None:
    assert all(letter.isprintable() or letter in "\n\t" or letter.isspace() for letter in visible(text))


def test_the_limit_is_for_any_hour() -> None:
    now = [0.0]
    limit = HourlyLimit(2, lambda: now[0])
    limit.take()
    now[0] = SECONDS_PER_HOUR - 1
    limit.take()
    with pytest.raises(ToolError):
        limit.take()
    now[0] = SECONDS_PER_HOUR
    limit.take()
    with pytest.raises(ToolError):
        limit.take()


def test_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, mcp_command.SERVER_MODULE, None)  # as if it cannot be imported
    result = CliRunner().invoke(cli, ["mcp"])
    assert result.exit_code == 1
    assert 'pip install "replygate[mcp]"' in result.output


def test_the_command_needs_an_address() -> None:
    result = CliRunner(env={"RG_URL": ""}).invoke(cli, ["mcp"])
    assert result.exit_code == 1
    assert "RG_URL" in result.output


@cache
def server() -> ExplainingServer:
    """Return a server whose service cannot be reached."""
    return build_server(AsyncClient("http://127.0.0.1:1", "blog", "rgp_a_b"), 5, "1.0")


def error_of(tool: str, **arguments: object) -> str:
    with pytest.raises(ToolError) as caught:
        asyncio.run(server().call_tool(tool, arguments))
    return str(caught.value)


FINE = {"id": "a", "version": 1, "action": "spam", "reason": "Adverts."}


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("list_comments", {"limit": "many"}, "list_comments: limit must be a whole number."),
        ("list_comments", {"limit": 1.5}, "list_comments: limit must be a whole number."),
        ("list_comments", {"limit": 0}, "list_comments: limit must be 1 or more."),
        ("list_comments", {"limit": 51}, "list_comments: limit must be 50 or less."),
        ("list_comments", {"search": "x" * 201}, "list_comments: search must have at most 200 characters."),
        ("list_comments", {"search": 5}, "list_comments: search must be text."),
        ("explain_comment", {}, "explain_comment: id is required."),
        ("propose_decision", FINE | {"reason": ""}, "propose_decision: reason must have at least 1 characters."),
        ("propose_decision", FINE | {"version": -1}, "propose_decision: version must be 0 or more."),
        ("propose_decision", FINE | {"version": None}, "propose_decision: version must be a whole number."),
        ("decide", {"id": "a"}, "decide: version is required; action is required; reason is required."),
        (
            "undo",
            {"id": "a", "version": 1, "why": "x"},
            "undo: 'why' is no argument of this tool. It has: id, version.",
        ),
        ("delete_site", {}, "There is no tool 'delete_site'."),
    ],
)
def test_wrong_arguments_are_explained_in_plain_words(tool: str, arguments: dict[str, object], message: str) -> None:
    assert error_of(tool, **arguments) == message


def test_every_choice_is_listed() -> None:
    message = error_of("propose_decision", **FINE | {"action": "ban"})
    assert "action must be 'approve'" in message
    assert "Input" not in message
    assert "status must be 'held'" in error_of("list_comments", status="queue")


def test_every_limit_of_the_tools_has_words() -> None:
    """A new kind of limit needs words, or assistants do not learn what is allowed."""
    for tool in asyncio.run(server().list_tools()):
        for name in tool.input_schema["properties"]:
            for value in ([], "x" * 5000, -(10**9), 10**30, 1.5, None, {}):
                if name == "cursor" and value is None:
                    continue
                message = error_of(tool.name, **{name: value})
                assert "has a value that is not allowed" not in message, (tool.name, name, value)

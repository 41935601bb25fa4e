"""The text that an assistant gets, the limit of its actions, and the command without the extra."""

import sys

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from mcp.server.mcpserver.exceptions import ToolError

from replygate.__main__ import cli
from replygate.assistant.mcp_server import SECONDS_PER_HOUR, HourlyLimit
from replygate.assistant.untrusted_text import visible
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

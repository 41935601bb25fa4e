"""Every command says in plain words which argument is wrong: no traceback, and no text of a library."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from comments.storage.redis import connect, open_redis
from replygate.__main__ import cli
from tests.support.builders import SECRET, a_site, settings

#: They run until they are stopped.
SERVERS = {"up", "web", "work", "sweep", "mcp"}
WRONG = ("nope", "", "a b", "/proc/nowhere/x", "x" * 300, "é\u202e", "a=b=c", "s3://", "-1")
WRONG_OPTIONS = ("", "nope", "-1", "nan", "x" * 300)


def leaves(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from leaves(child, (*words, name))
    elif words[0] not in SERVERS:
        yield words, command


def lines(words: tuple[str, ...], command: click.Command) -> Iterator[list[str]]:
    n_arguments = sum(isinstance(parameter, click.Argument) for parameter in command.params)
    yield [*words]
    yield from ([*words, "--", *[value] * max(1, n_arguments)] for value in WRONG)
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag:
            yield from ([*words, *["blog"] * n_arguments, option.opts[-1], value] for value in WRONG_OPTIONS)


@pytest.fixture(scope="module")
def env(valkey_of_module: str) -> dict[str, str]:
    chosen = settings(redis_url=valkey_of_module)
    storage = open_redis(chosen)
    storage.server.prepare()
    storage.sites.put(a_site())
    connect(chosen).config_set("repl-diskless-sync-delay", 0)
    return {"REPLYGATE_REDIS_URL": valkey_of_module, "REPLYGATE_SECRET_KEY": SECRET}


@pytest.mark.parametrize(
    ("words", "command"), list(leaves(cli)), ids=lambda value: "-".join(value) if type(value) is tuple else ""
)
def test_a_wrong_argument_is_named_in_plain_words(
    words: tuple[str, ...], command: click.Command, env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in lines(words, command):
        result = CliRunner().invoke(cli, line, env=env, input="")
        assert result.exit_code in (0, 1, 2), line
        assert result.exception is None or isinstance(result.exception, SystemExit), (line, result.exception)
        if result.exit_code:
            assert result.output.strip(), line
            assert "Error: " in result.stderr or result.exit_code == 1, (line, result.stderr)
            for text in ("Errno", "Traceback", "codec", "literal", "NoneType"):
                assert text not in result.stderr, line

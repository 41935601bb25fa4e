"""Redis as the server instead of Valkey: whole installations work on it, and move from one to the other."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from comments.storage.redis import connect, open_redis
from replygate.__main__ import cli
from tests.support.builders import SECRET, settings
from tests.support.dumped_store import stored_bytes
from tests.support.lively_site import fill_site, leave_work

ROOT = Path(__file__).parents[3]
#: The oldest version for which docs/storage.md says that it has every command.
OLDEST = (6, 2)


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])


def fill(url: str) -> Any:
    """Fill an empty server, and return its client. It need not wait for replicas before a backup."""
    storage = open_redis(settings(redis_url=url))
    storage.server.prepare()
    fill_site(storage, 3)
    leave_work(storage, "blog")
    client = connect(settings(redis_url=url))
    client.config_set("repl-diskless-sync-delay", 0)
    return client


def command(url: str, *words: str) -> None:
    result = CliRunner().invoke(cli, words, env={"REPLYGATE_REDIS_URL": url, "REPLYGATE_SECRET_KEY": SECRET})
    assert result.exit_code == 0, result.output


def dump(client: Any) -> dict[bytes, bytes]:
    """Return what is stored, without what each process writes at its start. Sets and hashes have no order."""
    return {
        key: b"\n".join(sorted(value.split(b"\n"))) if client.type(key) in (b"set", b"hash") else value
        for key, value in stored_bytes(client).items()
        if key.startswith(b"rg:") and not key.startswith((b"rg:probe", b"rg:beats", b"rg:{~}:backup"))
    }


def added_in(client: Any, command: str) -> tuple[int, ...]:
    """Return the first version with a command."""
    (facts,) = client.execute_command("COMMAND DOCS", command).values()
    return version(facts[b"since"].decode())


@pytest.mark.parametrize(("origin", "target"), [("valkey", "redis"), ("redis", "valkey")])
def test_a_backup_of_one_program_is_restored_by_the_other(
    origin: str, target: str, empty_redis_url: str, valkey_url: str, tmp_path: Path
) -> None:
    urls = {"valkey": valkey_url, "redis": empty_redis_url}
    before = dump(fill(urls[origin]))
    command(urls[origin], "backup", str(tmp_path / "backups"))
    command(urls[target], "restore", str(tmp_path / "backups"))
    assert dump(connect(settings(redis_url=urls[target]))) == before


def test_every_command_exists_in_the_oldest_version_of_the_docs(empty_redis_url: str) -> None:
    client = connect(settings(redis_url=empty_redis_url))
    client.config_resetstat()
    fill(empty_redis_url)
    names = [name.removeprefix("cmdstat_").replace("|", " ") for name in client.info("commandstats")]
    assert {"evalsha", "zadd", "xadd"} <= set(names)
    assert {name for name in names if added_in(client, name.split()[0]) > OLDEST} == set()


def test_the_docs_name_the_version_of_the_tests(empty_redis_url: str) -> None:
    found = connect(settings(redis_url=empty_redis_url)).info("server")["redis_version"]
    assert version(found) >= (7, 0), "the docs say that tests run on 7.0"
    assert "Redis 7.0" in (ROOT / "docs/storage.md").read_text()

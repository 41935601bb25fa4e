"""Backups of whole servers: every key is restored as it was, and nothing is written to a server that is in use."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comments.archive.site_export import secret_key_fingerprint
from comments.errors import SettingsInvalid
from comments.pseudonyms import Pseudonyms
from comments.storage.redis import connect, open_redis
from comments.storage.redis.key_copies import begin_restore
from replygate.__main__ import cli
from replygate.backup.backup_file import BackupHeader, pack_backup
from replygate.embedded_valkey import start
from tests.support.builders import SECRET, settings
from tests.support.dumped_store import stored_bytes
from tests.support.lively_site import fill_site, leave_work
from tests.support.wait import wait_until

OTHER_SECRET = "another secret of tests, long enough to pass"


@pytest.fixture(scope="module")
def second_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="everysec")
        yield server.url
        server.stop()


@pytest.fixture
def source(valkey_url: str) -> Any:
    """A client of the server with the installation. It need not wait for replicas, which saves five seconds."""
    client = connect(settings(redis_url=valkey_url))
    client.config_set("repl-diskless-sync-delay", 0)
    return client


@pytest.fixture
def target(second_server: str) -> Any:
    client = connect(settings(redis_url=second_server))
    client.flushall()
    return client


def url_of(client: Any) -> str:
    options = client.connection_pool.connection_kwargs
    return f"unix://{options['path']}?db={options.get('db', 0)}"


def command(client: Any, *words: str, secret: str = SECRET, input: bytes = b"", **env: str) -> Result:
    values = {"REPLYGATE_REDIS_URL": url_of(client), "REPLYGATE_SECRET_KEY": secret, **env}
    return CliRunner().invoke(cli, words, env=values, input=input)


def worked(client: Any, *words: str, **options: Any) -> Result:
    result = command(client, *words, **options)
    assert result.exit_code == 0, result.output
    return result


def refused(client: Any, *words: str, **options: Any) -> str:
    result = command(client, *words, **options)
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit), result.exception
    return result.output


def the_file(directory: Path) -> Path:
    (file,) = directory.iterdir()
    return file


def fill(client: Any) -> None:
    """Store a lively site, people, work under way, and keys of every type that are longer than one step of a copy."""
    storage = open_redis(settings(redis_url=url_of(client)))
    storage.server.prepare()
    fill_site(storage, 3)
    fill_site(storage, 4, id="other", n_steps=30)
    leave_work(storage, "blog")
    pipe = client.pipeline()
    for n in range(3000):
        pipe.hset("rg:{blog}:a hash", f"field {n}".encode() + b"\xff", os.urandom(40))
        pipe.sadd("rg:{blog}:a set", n)
        pipe.zadd("rg:{blog}:a sorted set", {str(n): n / 7 - 1e12})
        pipe.rpush("rg:{blog}:a list", n)
        pipe.xadd("rg:{blog}:a stream", {"a": n, "b": b"\x00"}, id=f"{n + 1}-{n}")
    pipe.set("rg:{blog}:a bitmap", os.urandom(3_000_000))
    pipe.zadd("rg:{blog}:a sorted set", {"infinite": float("inf")})
    pipe.xtrim("rg:{blog}:a stream", 1200, approximate=False)
    pipe.xadd("rg:{blog}:an empty stream", {"a": 1}, id="77-7")
    pipe.xtrim("rg:{blog}:an empty stream", 0, approximate=False)
    pipe.set("rg:session:x", "y", px=3_600_000)
    pipe.hset("rg:{blog}:expiring", "a", "b")
    pipe.pexpire("rg:{blog}:expiring", 7_200_000)
    pipe.set("rq:job:1", "of RQ")
    pipe.set("rgx:version", "of another installation")
    pipe.execute()


def dump(client: Any) -> dict[bytes, bytes]:
    """Return what is stored below the prefix. Sets and hashes have no order."""
    return {
        key: b"\n".join(sorted(value.split(b"\n"))) if client.type(key) in (b"set", b"hash") else value
        for key, value in stored_bytes(client).items()
        if key.startswith(b"rg:") and not key.startswith((b"rg:probe", b"rg:beats", b"rg:{~}:backup"))
    }


def test_every_key_is_restored_as_it_was(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    before = dump(source)
    worked(source, "backup", str(tmp_path / "backups"))
    assert dump(source) == before
    result = worked(target, "restore", str(tmp_path / "backups"))
    assert dump(target) == before
    assert f"Restored {len(before)} keys" in result.output
    assert target.keys("rq:*") + target.keys("rgx:*") == []
    for key in before:
        assert abs(source.pttl(key) - target.pttl(key)) < 60_000, key
    for key in (b"rg:{blog}:a stream", b"rg:{blog}:an empty stream", b"rg:{blog}:outbox"):
        names = ("last-generated-id", "length", "groups")
        assert [source.xinfo_stream(key)[n] for n in names] == [target.xinfo_stream(key)[n] for n in names]


def test_keys_may_expire_during_a_restore(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    pipe = source.pipeline()
    for n in range(20_000):
        pipe.set(f"rg:session:{n}", "x", px=300 + n // 10)
        pipe.hset(f"rg:{{blog}}:expiring {n}", "a", "b")
        pipe.pexpire(f"rg:{{blog}}:expiring {n}", 300 + n // 10)
    pipe.execute()
    worked(source, "backup", str(tmp_path))
    worked(target, "restore", str(tmp_path))
    for client in (source, target):
        for names in ("rg:session:1*", "rg:{blog}:expiring *"):
            wait_until(lambda client=client, names=names: not client.keys(names), "all have expired")
    assert dump(target).keys() == dump(source).keys()


def test_the_file_and_its_directory_are_readable_by_their_owner_only(source: Any, tmp_path: Path) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path / "new/backups"))
    assert the_file(tmp_path / "new/backups").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new/backups").stat().st_mode & 0o777 == 0o700


def test_a_server_that_sends_its_data_from_a_file_is_backed_up(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    source.config_set("repl-diskless-sync", "no")
    try:
        worked(source, "backup", str(tmp_path))
    finally:
        source.config_set("repl-diskless-sync", "yes")
    worked(target, "restore", str(tmp_path))
    assert dump(target) == dump(source)


def test_an_installation_in_another_database_is_restored_to_another_one(
    source: Any, target: Any, tmp_path: Path
) -> None:
    url = url_of(source).replace("db=0", "db=3")
    third = connect(settings(redis_url=url))
    fill(third)
    source.set("rg:version", 6)
    worked(third, "backup", str(tmp_path))
    worked(target, "restore", str(tmp_path))
    assert dump(target) == dump(third)


def test_a_backup_goes_through_standard_output_and_input(source: Any, target: Any) -> None:
    fill(source)
    packed = worked(source, "backup", "-").stdout_bytes
    worked(target, "restore", "-", input=packed)
    assert dump(target) == dump(source)


def test_a_check_of_a_backup_writes_nothing(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path))
    assert "The backup is complete" in worked(target, "restore", "--check", str(tmp_path)).output
    assert target.dbsize() == 0


def test_a_server_with_data_is_refused_and_stays_as_it_is(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path))
    for name in ("rg:version", "rg:beats:web", "rg:{blog}:status:approved"):
        target.flushall()
        target.set(name, 6)
        assert "the server is not empty" in refused(target, "restore", str(tmp_path))
        assert target.keys() == [name.encode()]


def test_data_of_others_on_the_server_does_not_matter(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    target.set("other:key", "kept")
    worked(source, "backup", str(tmp_path))
    worked(target, "restore", str(tmp_path))
    assert target.get("other:key") == b"kept"
    assert dump(target) == dump(source)


def test_an_interrupted_restore_stops_every_part_and_is_repeated(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path))
    begin_restore(target, "rg")
    target.set("rg:{blog}:half", "of it")
    with pytest.raises(SettingsInvalid, match="a restore is running or was interrupted"):
        open_redis(settings(redis_url=url_of(target))).server.prepare()
    worked(target, "restore", str(tmp_path))
    assert dump(target) == dump(source)
    open_redis(settings(redis_url=url_of(target))).server.prepare()


@pytest.mark.parametrize("damage", ["cut off", "another byte", "empty", "data of another program"])
def test_a_damaged_file_changes_nothing(source: Any, target: Any, tmp_path: Path, damage: str) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path))
    whole = the_file(tmp_path).read_bytes()
    middle = len(whole) // 2
    parts = {
        "cut off": whole[:middle],
        "another byte": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "data of another program": b"PK\x03\x04" + whole,
    }
    the_file(tmp_path).write_bytes(parts[damage])
    assert "backup" in refused(target, "restore", str(tmp_path))
    assert target.dbsize() == 0


def test_data_that_no_server_can_load_is_refused(target: Any, tmp_path: Path) -> None:
    """The checksum is right, but the data is not: the server that made it was broken."""
    header = BackupHeader("now", "0.1.0", 6, "rg", 0, secret_key_fingerprint(Pseudonyms(SECRET)))
    (tmp_path / "x.backup").write_bytes(b"".join(pack_backup(header, [[b"REDIS0011\xff not a snapshot"]])))
    assert "cannot be loaded" in refused(target, "restore", str(tmp_path / "x.backup"))
    assert target.dbsize() == 0


def test_another_secret_key_is_refused_unless_it_is_asked_for(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path))
    words = ("restore", str(tmp_path))
    assert "another secret key" in refused(target, *words, secret=OTHER_SECRET)
    assert target.dbsize() == 0
    worked(target, *words, "--with-other-secret-key", secret=OTHER_SECRET)
    assert dump(target) == dump(source)


def test_the_secret_key_is_in_the_file_only_if_it_is_asked_for(source: Any, tmp_path: Path) -> None:
    fill(source)
    for options in ((), ("--with-secret-key",)):
        directory = tmp_path / str(len(options))
        result = worked(source, "backup", str(directory), *options)
        assert (SECRET.encode() in the_file(directory).read_bytes()) is bool(options)
        assert ("The secret key is not in the file" in result.output) is not bool(options)


def test_another_prefix_is_refused(source: Any, target: Any, tmp_path: Path) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path))
    assert "set REPLYGATE_PREFIX" in refused(target, "restore", str(the_file(tmp_path)), REPLYGATE_PREFIX="other")
    assert target.dbsize() == 0


def test_only_the_newest_backups_are_kept(source: Any, tmp_path: Path) -> None:
    fill(source)
    names = [f"replygate-rg-2026010{n}T000000Z.backup" for n in range(5)]
    others = ["notes.txt", "replygate-other-20260101T000000Z.backup", ".replygate-rg-20260101T000000Z.backup.part"]
    for name in (*names, *others):
        (tmp_path / name).write_text("")
    worked(source, "backup", str(tmp_path), "--keep", "3")
    left = {path.name for path in tmp_path.iterdir()}
    assert left >= {*others, *names[3:]}
    assert len(left) == len(others) + 3


def test_a_backup_that_fails_deletes_nothing_and_leaves_no_file(source: Any, tmp_path: Path) -> None:
    fill(source)
    worked(source, "backup", str(tmp_path))
    with without_right_to_sync(source):
        output = refused(source, "backup", str(tmp_path), "--keep", "1")
    assert "Its user needs the right to SYNC" in output
    the_file(tmp_path)


@contextmanager
def without_right_to_sync(client: Any) -> Iterator[None]:
    client.execute_command("ACL", "SETUSER", "default", "-sync", "-psync")
    try:
        yield
    finally:
        client.execute_command("ACL", "SETUSER", "default", "+@all")


def test_a_server_without_an_installation_is_refused(source: Any, tmp_path: Path) -> None:
    source.set("other:key", "x")
    assert "there is nothing to back up" in refused(source, "backup", str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_directory_without_backups_is_refused(target: Any, tmp_path: Path) -> None:
    assert "has no backup" in refused(target, "restore", str(tmp_path))


@pytest.mark.parametrize("address", ["", "gs://bucket/prefix", "https://s3.example/bucket", "S3://bucket"])
@pytest.mark.parametrize("words", [["backup"], ["restore", "--check"]])
def test_an_address_that_is_no_directory_creates_none(
    source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, words: list[str]
) -> None:
    open_redis(settings(redis_url=url_of(source))).server.prepare()
    monkeypatch.chdir(tmp_path)
    output = refused(source, *words, address)
    assert "neither a directory" in output
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_does_not_exist_is_refused(target: Any, tmp_path: Path) -> None:
    assert "No such file" in refused(target, "restore", str(tmp_path / "x.backup"))


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    env = {"REPLYGATE_REDIS_URL": "redis://127.0.0.1:1/0", "REPLYGATE_SECRET_KEY": SECRET}
    result = CliRunner().invoke(cli, ["backup", str(tmp_path)], env=env)
    assert (result.exit_code, "does not answer" in result.output) == (1, True)

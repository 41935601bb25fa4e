"""Backups in a bucket of a real S3-compatible server, which checks every signature."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comments.errors import StorageDown
from comments.storage.redis import connect, open_redis
from replygate.__main__ import cli
from replygate.backup.s3_bucket import S3Bucket
from tests.support.builders import SECRET, settings
from tests.support.dumped_store import stored_bytes
from tests.support.lively_site import fill_site
from tests.support.ports import free_port
from tests.support.wait import wait_until

KEY, SECRET_KEY = "the-access-key", "the-secret-access-key"


@pytest.fixture(scope="module")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Start the server, and give the directory with its buckets and its address."""
    directory = tmp_path_factory.mktemp("buckets")
    program = shutil.which("rclone", path=str(Path(sys.executable).parent))
    assert program, "the tests of S3 need rclone, which `make .venv/.installed-dev` installs"
    port = free_port()
    words = ["serve", "s3", str(directory), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET_KEY}"]
    env = {"PATH": os.defpath, "HOME": str(directory), "RCLONE_CONFIG": os.devnull}
    with subprocess.Popen([program, *words, "--dir-cache-time", "0s"], env=env, stderr=subprocess.DEVNULL) as server:
        wait_until(lambda: is_open(port), "the S3-compatible server answers")
        yield directory, f"http://127.0.0.1:{port}"
        server.terminate()


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


@pytest.fixture
def bucket(buckets: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory of a new bucket named "backups"."""
    directory, url = buckets
    shutil.rmtree(directory / "backups", ignore_errors=True)
    (directory / "backups").mkdir()
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }.items():
        monkeypatch.setenv(name, value)
    return directory / "backups"


def command(url: str, *words: str) -> Result:
    return CliRunner().invoke(cli, words, env={"REPLYGATE_REDIS_URL": url, "REPLYGATE_SECRET_KEY": SECRET})


def worked(url: str, *words: str) -> str:
    result = command(url, *words)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def client(valkey_url: str) -> Any:
    """A client of a server with an installation, which need not wait for replicas."""
    client = connect(settings(redis_url=valkey_url))
    client.config_set("repl-diskless-sync-delay", 0)
    storage = open_redis(settings(redis_url=valkey_url))
    storage.server.prepare()
    fill_site(storage, 3)
    return client


def test_a_backup_in_a_bucket_is_restored(client: Any, valkey_url: str, bucket: Path) -> None:
    client.set("rg:{blog}:long", os.urandom(12_000_000))  # so that the upload has several parts
    before = stored_bytes(client)
    worked(valkey_url, "backup", "s3://backups/of/replygate")
    (file,) = (bucket / "of/replygate").iterdir()
    for source in ("s3://backups/of/replygate", f"s3://backups/of/replygate/{file.name}"):
        client.flushall()
        worked(valkey_url, "restore", source)
        assert stored_bytes(client).keys() == before.keys()
    assert client.get("rg:{blog}:long") == before[b"rg:{blog}:long"]


def test_only_the_newest_backups_of_the_installation_are_kept(client: Any, valkey_url: str, bucket: Path) -> None:
    names = [f"replygate-rg-2026010{n}T000000Z.backup" for n in range(4)]
    for name in (*names, "replygate-other-20260101T000000Z.backup", "notes.txt"):
        (bucket / name).write_text("")
    output = worked(valkey_url, "backup", "s3://backups", "--keep", "2")
    left = {path.name for path in bucket.iterdir()}
    assert left >= {"notes.txt", "replygate-other-20260101T000000Z.backup", names[-1]}
    assert left & set(names) == {names[-1]}
    assert [f"Deleted {name}." in output for name in names] == [True, True, True, False]


def test_an_upload_that_fails_leaves_no_file(bucket: Path) -> None:
    def parts() -> Iterable[bytes]:
        yield bytes(11_000_000)
        raise StorageDown("the server ended the snapshot before it was complete")

    with pytest.raises(StorageDown):
        S3Bucket("s3://backups/x").write("replygate-rg-20260101T000000Z.backup", parts())
    assert S3Bucket("s3://backups/x").names() == []


@pytest.mark.parametrize("target", ["s3://", "s3:///prefix", "s3://backups"])
def test_a_malformed_address_of_a_bucket_or_of_its_service_is_named(
    valkey_url: str, bucket: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    result = command(valkey_url, "backup", target)
    assert result.exit_code == 2
    expected = "AWS_ENDPOINT_URL must begin with https://" if "backups" in target else "names no bucket"
    assert expected in result.stderr


@pytest.mark.parametrize("wrong", ["AWS_SECRET_ACCESS_KEY", "bucket"])
def test_a_bucket_that_cannot_be_used_is_named(
    client: Any, valkey_url: str, bucket: Path, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = "s3://backups" if wrong != "bucket" else "s3://no-such-bucket"
    if wrong != "bucket":
        monkeypatch.setenv(wrong, "another key")
    result = command(valkey_url, "backup", target)
    assert result.exit_code == 1
    assert "the storage of backups refused" in result.output
    assert "\n" not in result.output.strip()
    assert list(bucket.iterdir()) == []

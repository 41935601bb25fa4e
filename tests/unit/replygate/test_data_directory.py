"""The data directory's disk, and the log of `replygate up`."""

import subprocess
from pathlib import Path

import pytest

from comments.errors import SettingsInvalid
from comments.storage.redis import connect
from replygate.data_directory import (
    ADDRESS_FILE,
    KEY_FILE,
    SpaceCheck,
    explain_silence,
    locked,
    make_private,
    secret_file,
    write_address,
)
from replygate.embedded_valkey import command, explain_failure, start
from replygate.log_file import open_log
from tests.support.builders import settings


def test_a_nearly_full_disk_is_reported_once(tmp_path: Path) -> None:
    said: list[str] = []
    check = SpaceCheck(tmp_path, said.append, least=2**60)
    check()
    check()
    (line,) = said
    assert line.startswith(f"The disk of {tmp_path} has ")


def test_space_on_the_disk_is_reported_once_it_is_back(tmp_path: Path) -> None:
    said: list[str] = []
    check = SpaceCheck(tmp_path, said.append, least=2**60)
    check()
    check.least = 0
    check()
    check()
    assert said[1:] == [f"The disk of {tmp_path} has space again."]


def test_nothing_is_reported_while_there_is_space(tmp_path: Path) -> None:
    said: list[str] = []
    SpaceCheck(tmp_path, said.append, least=0)()
    assert said == []


def test_a_long_log_is_copied_and_emptied_while_parts_write_to_it(tmp_path: Path) -> None:
    with open_log(tmp_path / "log") as log:
        log.file.write(b"old\n" * 1000)
        log.file.flush()
        log.limit(100)
        log.file.write(b"new\n")
        log.file.flush()
        log.limit(100)
    assert (tmp_path / "log").read_bytes() == b"new\n"
    assert (tmp_path / "log.1").read_bytes() == b"old\n" * 1000


def test_a_full_disk_does_not_stop_the_log_from_being_emptied(tmp_path: Path) -> None:
    (tmp_path / "log.1").symlink_to("/dev/full")
    with open_log(tmp_path / "log") as log:
        log.file.write(b"old\n" * 1000)
        log.file.flush()
        log.limit(100)
    assert (tmp_path / "log").read_bytes() == b""


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsInvalid, match=r"cannot write .*/file/var: Not a directory"):
        make_private(tmp_path / "file" / "var")


def test_a_full_disk_at_the_first_start_is_named(tmp_path: Path) -> None:
    (tmp_path / f"{KEY_FILE}.new").symlink_to("/dev/full")
    with pytest.raises(SettingsInvalid, match=r"secret: No space left on device"):
        secret_file(tmp_path)
    assert not (tmp_path / KEY_FILE).exists()


def test_a_full_disk_leaves_the_address_of_before(tmp_path: Path) -> None:
    write_address(tmp_path, "https://replies.example")
    (tmp_path / f"{ADDRESS_FILE}.new").symlink_to("/dev/full")
    with pytest.raises(SettingsInvalid, match="No space left on device"):
        write_address(tmp_path, "https://other.example")
    assert (tmp_path / ADDRESS_FILE).read_text() == "https://replies.example"


def test_the_reason_for_a_silent_server_is_that_nothing_runs_a_full_disk_or_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with locked(tmp_path):
        assert explain_silence(tmp_path) == f"Its log is {tmp_path / 'valkey.log'}."
    assert "Start it: `replygate up`" in explain_silence(tmp_path)
    monkeypatch.setattr("replygate.data_directory.LITTLE_SPACE", 2**60)
    assert "make space" in explain_silence(tmp_path)


def test_a_damaged_file_of_the_data_is_explained_with_the_next_step(tmp_path: Path) -> None:
    server = start(tmp_path)
    client = connect(settings(redis_url=server.url))
    for n in range(100):
        client.set(f"key {n}", "value")
    server.stop()
    assert "restore a backup" not in explain_failure(tmp_path)
    (written,) = (tmp_path / "appendonlydir").glob("*.incr.aof")
    data = written.read_bytes()
    written.write_bytes(data[:500] + bytes(200) + data[700:])
    assert subprocess.run(command(tmp_path), check=False, timeout=60).returncode == 1
    assert f"Keep a copy of {tmp_path}, and restore a backup" in explain_failure(tmp_path)


@pytest.mark.parametrize("missing", ["*.manifest", "*.base.rdb", "*.incr.aof"])
def test_a_missing_file_of_the_data_is_explained_and_nothing_is_written_over(tmp_path: Path, missing: str) -> None:
    server = start(tmp_path)
    connect(settings(redis_url=server.url)).set("key", "value")
    server.stop()
    files = tmp_path / "appendonlydir"
    (lost,) = files.glob(missing)
    lost.unlink()
    left = {path: path.read_bytes() for path in files.iterdir()}
    with pytest.raises(SettingsInvalid) as refused:
        start(tmp_path)
    assert f"Keep a copy of {tmp_path}, and restore a backup" in f"{refused.value} {explain_failure(tmp_path)}"
    assert {path: path.read_bytes() for path in files.iterdir()} == left

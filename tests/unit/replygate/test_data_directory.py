"""The data directory's disk, and the log of `replygate up`."""

from pathlib import Path

from replygate.data_directory import SpaceCheck
from replygate.log_file import open_log


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

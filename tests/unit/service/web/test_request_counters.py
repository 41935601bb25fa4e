"""Request counters survive their process, and files are reused."""

import errno
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from comments.errors import SettingsInvalid
from service.web.request_counters import (
    DURATION_BOUNDS,
    FILE_BYTES,
    LAYOUT,
    MAX_ROWS,
    NAME_BYTES,
    OTHER,
    RequestCounters,
    RequestLabels,
)

HOME = RequestLabels("GET", "/", 200)


def counted(counters: RequestCounters, answer: RequestLabels = HOME) -> int:
    row = counters.totals().get(answer)
    return int(sum(row.buckets)) if row else 0


def another_process(directory: Path, end: Callable[[RequestCounters], object]) -> int:
    """Run a process that counts three requests and ends in this way. Return its exit status."""
    process = get_context("fork").Process(target=count_three, args=(directory, end))  # loads no module again
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def count_three(directory: Path, end: Callable[[RequestCounters], object]) -> None:
    counters = RequestCounters(directory)
    for _ in range(3):
        counters.add(HOME, 0.2)
    end(counters)


def end_by_itself(_: RequestCounters) -> None:
    pass


def be_killed(_: RequestCounters) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count_in_child(counters: RequestCounters) -> None:
    if not os.fork():
        counters.add(HOME, 0.2)
        os._exit(0)
    os.wait()


@pytest.fixture(params=["alone", "shared"])
def counters(request: pytest.FixtureRequest, tmp_path: Path) -> RequestCounters:
    return RequestCounters(tmp_path if request.param == "shared" else None)


def test_a_request_falls_into_its_bucket(counters: RequestCounters):
    for seconds in (0.001, DURATION_BOUNDS[0], DURATION_BOUNDS[-1], 99.0):
        counters.add(HOME, seconds)
    row = counters.totals()[HOME]
    assert (row.buckets[0], row.buckets[-2], row.buckets[-1]) == (2, 1, 1)
    assert row.seconds == pytest.approx(0.001 + DURATION_BOUNDS[0] + DURATION_BOUNDS[-1] + 99)


def test_threads_lose_no_count(counters: RequestCounters):
    threads = [threading.Thread(target=lambda: [counters.add(HOME, 0.1) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(counters) == 2000


def test_labels_beyond_the_limit_count_as_other(counters: RequestCounters):
    for n in range(MAX_ROWS + 9):
        counters.add(RequestLabels("GET", f"/{n}", 200), 0.1)
    counters.add(RequestLabels("GET", "/" + "x" * NAME_BYTES, 200), 0.1)
    totals = counters.totals()
    assert len(totals) == MAX_ROWS
    assert counted(counters, OTHER) == 11


@pytest.mark.parametrize(("end", "status"), [(end_by_itself, 0), (be_killed, -signal.SIGKILL)])
def test_a_new_process_reuses_the_file_of_an_ended_one(
    tmp_path: Path, end: Callable[[RequestCounters], object], status: int
):
    counters = RequestCounters(tmp_path)
    for _ in range(3):
        assert another_process(tmp_path, end) == status
    counters.add(HOME, 0.2)
    assert counted(counters) == 10
    assert len(list(tmp_path.iterdir())) == 2


def test_a_forked_child_uses_its_own_file(tmp_path: Path):
    assert another_process(tmp_path, count_in_child) == 0
    assert counted(RequestCounters(tmp_path)) == 4
    assert len(list(tmp_path.iterdir())) == 2


def test_a_process_killed_while_it_writes_a_label_damages_no_file(tmp_path: Path):
    RequestCounters(tmp_path).add(HOME, 0.1)
    file = next(tmp_path.iterdir())
    with file.open("r+b") as content:
        content.seek(NAME_BYTES + 1)
        content.write(b"ET 404 /half")
    assert counted(RequestCounters(tmp_path)) == 1


def test_files_of_another_layout_are_not_used(tmp_path: Path):
    (tmp_path / "http-1-7.counts").write_bytes(b"short")
    (tmp_path / "http-0-0.counts").write_bytes(b"old")
    assert RequestCounters(tmp_path).totals() == {}


def test_a_directory_that_cannot_be_used_stops_the_start(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsInvalid, match="REPLYGATE_METRICS_DIR"):
        RequestCounters(tmp_path / "file")


def test_other_users_cannot_read_the_files(tmp_path: Path):
    RequestCounters(tmp_path / "metrics")
    assert oct((tmp_path / "metrics").stat().st_mode)[-3:] == "700"


@pytest.mark.parametrize("size", [0, FILE_BYTES], ids=["new", "of an earlier version"])
def test_a_file_has_space_for_all_its_rows_from_the_start(tmp_path: Path, size: int):
    """A process that writes to a mapped page without space on the disk is killed by SIGBUS."""
    path = tmp_path / f"http-{LAYOUT}-0.counts"
    path.touch()
    os.truncate(path, size)  # a hole
    counters = RequestCounters(tmp_path)
    assert path.stat().st_blocks * 512 >= FILE_BYTES
    counters.add(HOME, 0.2)
    assert counted(counters) == 1


@pytest.mark.parametrize("written", [0, 4096])
def test_a_process_that_starts_on_a_full_disk_counts_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
):
    another_process(tmp_path, end_by_itself)

    def no_space(_descriptor: int, _data: bytes, _offset: int) -> int:
        if written:
            return written
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full_disk:
        full_disk.setattr(os, "pwrite", no_space)
        counters = RequestCounters(tmp_path)
    counters.add(HOME, 0.2)
    assert counted(counters) == 4, "those of the process before, and its own"
    assert counted(RequestCounters(tmp_path)) == 3, "the file is free for the next process"

"""Request counters and durations. Every web process counts in its own file, which a later process takes over.

A process locks a numbered file for its lifetime; the kernel releases the lock however the process ends. The next one
takes the lowest free number and continues to count. So totals never fall, and there are only as many files as there
were processes at the same time. prometheus_client's multiprocess mode leaves a file for every process that ever ran.
"""

import errno
import fcntl
import logging
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from comments.errors import SettingsInvalid

log = logging.getLogger(__name__)

#: Seconds; a submission may wait 10 s for its verdict.
DURATION_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: Increase it with any change below. Files of another layout are ignored.
LAYOUT = 1
#: Bytes of a row's name, and number of rows (routes × methods × statuses). More are counted as OTHER.
NAME_BYTES = 160
MAX_ROWS = 1024
#: Numbers in a row: requests in each bucket, those above the last bound, total seconds.
WIDTH = len(DURATION_BOUNDS) + 2
FILE_BYTES = MAX_ROWS * (NAME_BYTES + 8 * WIDTH)
#: More web processes than one machine ever runs.
MAX_FILES = 512
#: Errors of a disk without space: nothing is wrong with the directory.
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class RequestLabels(NamedTuple):
    """Labels of a counter. `route` is a template such as /v1/sites/<site>/comments."""

    method: str
    route: str
    status: int


OTHER = RequestLabels("OTHER", "other", 0)


@dataclass(frozen=True, slots=True)
class DurationHistogram:
    """Requests by duration: `buckets` end at each of DURATION_BOUNDS; the last one counts all slower requests."""

    buckets: tuple[float, ...]
    seconds: float

    def __add__(self, other: "DurationHistogram") -> "DurationHistogram":
        return DurationHistogram(
            tuple(map(sum, zip(self.buckets, other.buckets, strict=True))), self.seconds + other.seconds
        )


class CounterFile:
    """Rows of one process. Every number is a double that is written atomically, so readers need no lock."""

    def __init__(self, memory: "mmap.mmap | bytearray") -> None:
        self._names: memoryview[int] = memoryview(memory)[: MAX_ROWS * NAME_BYTES]
        self._numbers: memoryview[float] = memoryview(memory)[MAX_ROWS * NAME_BYTES :].cast("d")
        self._rows = {answer: n for n, (answer, _) in enumerate(self.read())}

    def add(self, answer: RequestLabels, seconds: float) -> None:
        start = self._row(answer) * WIDTH
        self._numbers[start + bisect_left(DURATION_BOUNDS, seconds)] += 1
        self._numbers[start + WIDTH - 1] += seconds

    def _row(self, answer: RequestLabels) -> int:
        if answer not in self._rows:
            name = f"{answer.method} {answer.status} {answer.route}".encode()
            if answer is not OTHER and (len(self._rows) >= MAX_ROWS - 1 or len(name) > NAME_BYTES):
                return self._row(OTHER)
            start = len(self._rows) * NAME_BYTES
            self._names[start + 1 : start + len(name)] = name[1:]
            self._names[start] = name[0]  # written last: readers stop at the first row without it
            self._rows[answer] = len(self._rows)
        return self._rows[answer]

    def read(self) -> Iterator[tuple[RequestLabels, DurationHistogram]]:
        for n in range(MAX_ROWS):
            if not self._names[n * NAME_BYTES]:
                return
            name = bytes(self._names[n * NAME_BYTES : (n + 1) * NAME_BYTES]).rstrip(b"\0").decode()
            method, status, route = name.split(" ", 2)
            values = self._numbers[n * WIDTH : (n + 1) * WIDTH].tolist()
            yield RequestLabels(method, route, int(status)), DurationHistogram(tuple(values[:-1]), values[-1])


class RequestCounters:
    """Counts requests of this process. With a directory, `totals` covers all web processes, also ended ones.

    Raises SettingsInvalid if the directory cannot be used.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._lock = Lock()
        self._open()

    def add(self, answer: RequestLabels, seconds: float) -> None:
        with self._lock:
            self._own().add(answer, seconds)

    def totals(self) -> dict[RequestLabels, DurationHistogram]:
        with self._lock:
            own = self._own()
        totals: dict[RequestLabels, DurationHistogram] = {}
        for file in [*self._files(), *([] if self._is_shared else [own])]:
            for answer, row in file.read():
                totals[answer] = totals[answer] + row if answer in totals else row
        return totals

    def _own(self) -> CounterFile:
        """Return the file of this process; a forked process opens its own."""
        if self._owner != os.getpid():
            self._open()
        return self._file

    def _open(self) -> None:
        """Take a file. Without a directory, and on a full disk, this process counts in its own memory."""
        self._owner = os.getpid()
        memory = _take(self._directory) if self._directory else None
        self._is_shared = memory is not None
        self._file = CounterFile(memory or bytearray(FILE_BYTES))

    def _files(self) -> list[CounterFile]:
        if self._directory is None:
            return []
        paths = sorted(self._directory.glob(f"http-{LAYOUT}-*.counts"))
        return [CounterFile(bytearray(data)) for path in paths if len(data := path.read_bytes()) == FILE_BYTES]


def _take(directory: Path) -> mmap.mmap | None:
    """Lock the free file with the lowest number for the lifetime of this process; None if the disk is full."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for n in range(MAX_FILES):
            if memory := _locked(directory / f"http-{LAYOUT}-{n}.counts"):
                return memory
    except OSError as error:
        if error.errno in _NO_SPACE:
            log.error("the disk of %s is full: this process counts its requests in memory until it ends", directory)
            return None
        raise SettingsInvalid(f"REPLYGATE_METRICS_DIR: {error}") from error
    raise SettingsInvalid(f"REPLYGATE_METRICS_DIR: all {MAX_FILES} files in {directory} are in use")


def _locked(path: Path) -> mmap.mmap | None:
    """Map the file into memory; None if another process has locked it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    try:
        _fill(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return mmap.mmap(descriptor, FILE_BYTES)  # the descriptor stays open: closing it would release the lock


def _fill(descriptor: int) -> None:
    """Write every byte once, so that no page lacks space on a disk that fills up later.

    A process that writes to a page of a mapped file for which the disk has no space is killed by SIGBUS.
    """
    data = os.pread(descriptor, FILE_BYTES, 0).ljust(FILE_BYTES, b"\0")
    if os.pwrite(descriptor, data, 0) < FILE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

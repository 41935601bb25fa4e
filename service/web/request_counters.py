"""How many requests were answered and how fast, counted by every web process in a file that its successor takes over.

A process owns a numbered file for as long as it lives, by a lock that the kernel frees however it dies. The next one
takes the lowest free number and counts on, so totals never fall, and there are only as many files as there were ever
processes at once. prometheus_client's own multiprocess mode leaves a file for each process that ever lived.
"""

import fcntl
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from comments.errors import SettingsInvalid

#: Seconds; a submission may wait 10 s for its verdict.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: Change this with anything below: files of another layout are left alone.
LAYOUT = 1
#: Bytes of a row's name, and how many rows: routes times methods times statuses; what is beyond is counted as OTHER.
NAME = 160
ROWS = 1024
#: Numbers of a row: requests in each bucket, those beyond the last bound, seconds in all.
WIDTH = len(BOUNDS) + 2
SIZE = ROWS * (NAME + 8 * WIDTH)
#: More web processes than one machine ever runs.
MAX_FILES = 512


class RequestLabels(NamedTuple):
    """What one kind of request was answered. `route` is a template such as /v1/sites/<site>/comments."""

    method: str
    route: str
    status: int


OTHER = RequestLabels("OTHER", "other", 0)


@dataclass(frozen=True, slots=True)
class DurationHistogram:
    """`buckets` are requests no slower than each of BOUNDS, but slower than the one before; the last: slower still."""

    buckets: tuple[float, ...]
    seconds: float

    def __add__(self, other: "DurationHistogram") -> "DurationHistogram":
        return DurationHistogram(
            tuple(map(sum, zip(self.buckets, other.buckets, strict=True))), self.seconds + other.seconds
        )


class CounterFile:
    """One process's rows. Each number is a double that is written at once, so readers need no lock."""

    def __init__(self, memory: "mmap.mmap | bytearray") -> None:
        self._names: memoryview[int] = memoryview(memory)[: ROWS * NAME]
        self._numbers: memoryview[float] = memoryview(memory)[ROWS * NAME :].cast("d")
        self._rows = {answer: n for n, (answer, _) in enumerate(self.read())}

    def add(self, answer: RequestLabels, seconds: float) -> None:
        start = self._row(answer) * WIDTH
        self._numbers[start + bisect_left(BOUNDS, seconds)] += 1
        self._numbers[start + WIDTH - 1] += seconds

    def _row(self, answer: RequestLabels) -> int:
        if answer not in self._rows:
            name = f"{answer.method} {answer.status} {answer.route}".encode()
            if answer is not OTHER and (len(self._rows) >= ROWS - 1 or len(name) > NAME):
                return self._row(OTHER)
            start = len(self._rows) * NAME
            self._names[start + 1 : start + len(name)] = name[1:]
            self._names[start] = name[0]  # the last, as readers stop at the first row without it
            self._rows[answer] = len(self._rows)
        return self._rows[answer]

    def read(self) -> Iterator[tuple[RequestLabels, DurationHistogram]]:
        for n in range(ROWS):
            if not self._names[n * NAME]:
                return
            name = bytes(self._names[n * NAME : (n + 1) * NAME]).rstrip(b"\0").decode()
            method, status, route = name.split(" ", 2)
            values = self._numbers[n * WIDTH : (n + 1) * WIDTH].tolist()
            yield RequestLabels(method, route, int(status)), DurationHistogram(tuple(values[:-1]), values[-1])


class RequestCounters:
    """Counts of this process; with a directory, read together with those of all web processes, living and dead.

    Raises SettingsInvalid when the directory cannot be used.
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
        for file in self._files() or [own]:
            for answer, row in file.read():
                totals[answer] = totals[answer] + row if answer in totals else row
        return totals

    def _own(self) -> CounterFile:
        """This process's file; a process forked after its parent opened one takes its own."""
        if self._owner != os.getpid():
            self._open()
        return self._file

    def _open(self) -> None:
        self._owner = os.getpid()
        self._file = CounterFile(_take(self._directory) if self._directory else bytearray(SIZE))

    def _files(self) -> list[CounterFile]:
        if self._directory is None:
            return []
        paths = sorted(self._directory.glob(f"http-{LAYOUT}-*.counts"))
        return [CounterFile(bytearray(data)) for path in paths if len(data := path.read_bytes()) == SIZE]


def _take(directory: Path) -> mmap.mmap:
    """The free file with the lowest number, locked for as long as this process lives."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for n in range(MAX_FILES):
            if memory := _locked(directory / f"http-{LAYOUT}-{n}.counts"):
                return memory
    except OSError as error:
        raise SettingsInvalid(f"REPLYGATE_METRICS_DIR: {error}") from error
    raise SettingsInvalid(f"REPLYGATE_METRICS_DIR: all {MAX_FILES} files in {directory} are taken")


def _locked(path: Path) -> mmap.mmap | None:
    """The file in memory, or None if another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, SIZE)  # the descriptor stays open: closing it would free the lock
    return mmap.mmap(descriptor, SIZE)

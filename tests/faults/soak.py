"""Steady mixed traffic for minutes, and the slopes of memory, open files, keys, files, latency and the queue.

`python -m tests.faults.soak --minutes 10` prints a table and ends with 1 if something grows that should not.
"""

import argparse
import contextlib
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.faults.installation import PARTS, Installation
from tests.faults.site_audit import audited
from tests.faults.traffic import PAUSE, Traffic, start_traffic
from tests.faults.trends import Trend, per_comment_trend, steady_trend
from tests.faults.visitors import Sender

SITE = "soak"
MB = 1e6
#: Share of the samples at the start in which caches fill and models are loaded.
WARM_UP = 0.25
READERS = 2


@dataclass
class Samples:
    """Values by name. Those of `per_comment` grow with the comments, as they should."""

    at: list[float] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    steady: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    per_comment: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seen_requests: int = 0
    file_size: int = 0
    written: int = 0  # to the append-only file

    def add(self, to: Installation, traffic: Traffic) -> None:
        self.at.append(time.monotonic())
        self.comments.append(traffic.acknowledged())
        for part in (*PARTS, "web process"):
            memory, files = _of_processes(to.processes(part))
            self.steady[f"memory of {part}, MB"].append(memory)
            self.steady[f"open files of {part}"].append(files)
        client = to.valkey()
        self.per_comment["memory of Valkey, bytes"].append(client.info("memory")["used_memory"])
        self.per_comment["keys"].append(client.dbsize())
        file = client.info("persistence")
        self.written += written_bytes(self.file_size, file["aof_current_size"], file["aof_base_size"])
        self.file_size = file["aof_current_size"]
        self.per_comment["bytes appended to the file"].append(self.written)
        self.steady["open files of valkey"].append(_of_processes(to.processes("valkey"))[1])
        self.steady["queued comments"].append(to.storage.queue.depth(SITE).queued)
        with traffic.seen.lock:
            new = sorted(sent.seconds for sent in traffic.seen.requests[self.seen_requests :])
            self.seen_requests = len(traffic.seen.requests)
        self.steady["median answer, ms"].append(1000 * new[len(new) // 2] if new else 0.0)

    def trends(self) -> list[Trend]:
        """Return the trends without the warm-up."""
        first = round(len(self.at) * WARM_UP)
        steady = [steady_trend(name, self.at[first:], values[first:]) for name, values in self.steady.items()]
        grown = [
            per_comment_trend(name, self.comments[first:], values[first:]) for name, values in self.per_comment.items()
        ]
        return [*steady, *grown]


def written_bytes(before: int, now: int, base: int) -> int:
    """Return what was appended to a file since the sample before. `base` is its size after it was last written anew."""
    return now - before if now >= before else now - base


def _of_processes(processes: list[psutil.Process]) -> tuple[float, int]:
    """Return the memory in MB and the open files of some processes."""
    memory, files = 0.0, 0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            memory += process.memory_info().rss / MB
            files += process.num_fds()
    return memory, files


class Reader(Sender):
    """Reads the threads of the site, as JSON and as HTML, and their counts."""

    def read_all(self, over: threading.Event, pause: float) -> None:
        n = 0
        while not over.wait(pause):
            n += 1
            thread = f"thread-{n % 50}"
            self._request("GET", f"/v1/sites/{SITE}/comments?thread={thread}", {}, None)
            self._request("GET", f"/v1/sites/{SITE}/counts?thread={thread}", {}, None)
        self.close()


def soak(directory: Path, goes_on: Callable[[float, int], bool], interval: float, pause: float = PAUSE) -> "SoakReport":
    """Run traffic while `goes_on(seconds, acknowledged comments)`. Sample every `interval` seconds."""
    with Installation(directory) as running:
        traffic = start_traffic(running, SITE, seed=1, pause=pause)
        for _ in range(READERS):
            reader = Reader(running.port, traffic.seen)
            traffic.add(reader.read_all, traffic.over, pause)
        samples, begun = Samples(), time.monotonic()
        while goes_on(time.monotonic() - begun, traffic.acknowledged()):
            samples.add(running, traffic)
            time.sleep(interval)
        samples.add(running, traffic)
        traffic.stop()
        return SoakReport(samples, traffic.acknowledged(), audited(running, traffic).problems)


@dataclass(frozen=True)
class SoakReport:
    samples: Samples
    comments: int
    problems: tuple[str, ...]

    def failures(self) -> list[str]:
        return [*self.problems, *(trend.line() for trend in self.samples.trends() if trend.grows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory(prefix="rgs") as base:
        directory = Path(base) / "data"
        directory.mkdir(mode=0o700)
        report = soak(directory, lambda seconds, _: seconds < 60 * minutes, interval=max(1.0, 0.6 * minutes))
    lines = [f"{report.comments} comments in {minutes:g} minutes", *(t.line() for t in report.samples.trends())]
    sys.stdout.write("\n".join([*lines, *report.problems]) + "\n")
    sys.exit(bool(report.failures()))


if __name__ == "__main__":
    main()

"""Measure the memory and processor time of each part of an idle `replygate up`, and what sites without work cost.

    python -m bench.idle [--sites 1000] [--wait 60] [--seconds 30]

Memory is the proportional set size (PSS), which counts shared pages once. Processor time is in milliseconds for each
second. With `--sites`, the same follows with so many sites; the sweep looks at all of them again and again. Both end
with what one read of `/metrics` takes.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

import psutil

from bench.processor_time import measured_time
from bench.servers import SECRET, free_port
from comments.settings import PREFIX, Settings
from comments.site import Site
from comments.storage.redis import open_redis
from replygate.embedded_valkey import url

#: Reads of `/metrics`, and seconds between them, in which the service keeps what it read from its store.
READS, PAUSE = 5, 3.0


@contextmanager
def running_up(directory: Path, port: int) -> Iterator[psutil.Process]:
    """Run `replygate up` until the end of the block."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    env |= {f"{PREFIX}SECRET_KEY": SECRET, f"{PREFIX}OPS_TOKEN": SECRET}
    words = [sys.executable, "-m", "replygate", "--data", str(directory), "up", "--port", str(port)]
    process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None, "it is a pipe"
        if not any("Logs" in line for line in process.stdout):
            raise RuntimeError("replygate up ended before it was ready")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def part_name(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    found = re.search(r"workers\.start (\w+)|replygate\.(web_server|worker_group|up)|(valkey)", words)
    return next(filter(None, found.groups()), words) if found else words


def part_costs(up: psutil.Process, seconds: float) -> Iterator[tuple[str, int, float, float]]:
    """Give name, number of processes, bytes, and processor seconds a second of each part."""
    processes = [up, *up.children(recursive=True)]
    before = {process.pid: processor_time(process) for process in processes}
    time.sleep(seconds)
    numbers, memory, busy = Counter[str](), Counter[str](), Counter[str]()
    for process in processes:
        name = part_name(process)
        numbers[name] += 1
        memory[name] += process.memory_full_info().pss
        busy[name] += round((processor_time(process) - before[process.pid]) * 1e6)
    for name, size in memory.most_common():
        yield name, numbers[name], size, busy[name] / 1e6 / seconds


def processor_time(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def show(up: psutil.Process, seconds: float) -> None:
    total, busy = 0.0, 0.0
    for name, number, size, taken in part_costs(up, seconds):
        print(f"  {name:<12} {number:>2} {size / 1e6:>6.0f} MB {taken * 1000:>6.1f} ms/s")
        total, busy = total + size, busy + taken
    print(f"  {'all':<15} {total / 1e6:>6.0f} MB {busy * 1000:>6.1f} ms/s")


def add_sites(directory: Path, number: int) -> None:
    storage = open_redis(Settings(secret_key=SECRET, redis_url=url(directory)))
    for n in range(number):
        storage.sites.put(Site(f"site{n}", f"Site {n}", datetime.now(UTC), origins=(f"https://site{n}.example",)))


def metrics_costs(up: psutil.Process, port: int) -> tuple[float, float]:
    """Return seconds of one read of `/metrics`, and processor seconds of all parts: the medians of a few."""
    asked = Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {SECRET}"})
    seconds, busy = [], []
    for _ in range(READS):
        time.sleep(PAUSE)
        started = time.monotonic()
        with measured_time(up.pid) as taken, urlopen(asked) as answer:
            answer.read()
        seconds.append(time.monotonic() - started)
        busy.append(taken.seconds)
    return median(seconds), median(busy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=0)
    parser.add_argument("--wait", type=float, default=60.0, help="seconds from its start to the first look")
    parser.add_argument("--seconds", type=float, default=30.0, help="seconds of each look")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rg") as base:
        directory, port = Path(base) / "var", free_port()
        with running_up(directory, port) as up:
            time.sleep(chosen.wait)
            for sites in [0, chosen.sites] if chosen.sites else [0]:
                add_sites(directory, sites)
                print(f"{sites + 1} sites" if sites else "the demo site only")
                show(up, chosen.seconds)
                seconds, busy = metrics_costs(up, port)
                print(f"  /metrics: {seconds * 1000:.0f} ms, {busy * 1000:.0f} ms of processor time")


if __name__ == "__main__":
    main()

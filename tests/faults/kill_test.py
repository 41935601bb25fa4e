"""Submit comments over HTTP while every part is killed at random, then look for what was lost or doubled.

`python -m tests.faults.kill_test --submissions 20000 --kills 200 --seed 1` prints a report and ends with 1 if anything
is wrong. Everything runs as `replygate up` runs it.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from comments.model import Comment, Site
from comments.settings import PREFIX, Settings
from comments.storage import Storage
from comments.storage.redis import open_redis
from replygate import embedded
from replygate.admin import new_key
from tests.builders import SECRET
from tests.faults.audit import problems, records
from tests.faults.visitors import Seen, Visitor
from tests.waiting import gone

ROOT = Path(__file__).parents[2]
SITE = "killed"
VISITORS = 8
#: Seconds between two kills; enough for what was killed to be back, more often than not.
BETWEEN = (0.4, 2.0)
#: What is promised: seconds from a kill to the decision on every comment accepted before it.
PROMISE = 15.0
#: How often each part is the victim. Valkey is killed least, because then everything waits for it.
VICTIMS = {"judge": 45, "errands": 5, "deliver": 3, "sweep": 15, "web": 10, "web process": 15, "valkey": 7}


@dataclass
class Killings:
    """When what was killed."""

    at: list[float] = field(default_factory=list)
    what: Counter[str] = field(default_factory=Counter)


def kind(process: psutil.Process, supervisor: int) -> str:
    words = " ".join(process.cmdline())
    if "valkey-server" in words:
        return "valkey"
    name = next((name for name in ("judge", "errands", "deliver", "sweep", "web") if words.endswith(name)), "")
    return "web process" if name == "web" and process.ppid() != supervisor else name


def parts(supervisor: int) -> dict[str, list[psutil.Process]]:
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.Process(supervisor).children(recursive=True):
        try:
            found.setdefault(kind(process, supervisor), []).append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def kill_some(supervisor: int, kills: int, chance: random.Random) -> Killings:
    done = Killings()
    while sum(done.what.values()) < kills:
        time.sleep(chance.uniform(*BETWEEN))
        victim = chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        if alive := parts(supervisor).get(victim):
            try:
                chance.choice(alive).kill()
            except psutil.NoSuchProcess:
                continue
            done.at.append(time.time())
            done.what[victim] += 1
    return done


def submit_all(port: int, key: str, n: int, seconds: float) -> tuple[Seen, list[threading.Thread]]:
    """Visitors that share `n` submissions and take about `seconds` for them."""
    seen = Seen()
    pause = seconds * VISITORS / n
    threads = [
        threading.Thread(target=Visitor(port, SITE, key, seen).submit_all, args=(range(start, n, VISITORS), pause))
        for start in range(VISITORS)
    ]
    for thread in threads:
        thread.start()
    return seen, threads


def waits(found: list[Comment], kills: list[float]) -> dict[str, float]:
    """The longest time to a decision, and the longest since the last kill before it or, if later, its arrival."""
    longest = since_kill = 0.0
    for comment in found:
        if comment.decisions:
            received, decided = comment.received.timestamp(), comment.decisions[0].at.timestamp()
            longest = max(longest, decided - received)
            since_kill = max(since_kill, decided - max(received, *(k for k in kills if k <= decided), 0.0))
    return {"longest_wait_seconds": round(longest, 2), "longest_since_kill_seconds": round(since_kill, 2)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(directory: Path, port: int) -> "subprocess.Popen[bytes]":
    """`replygate up`, ready, with a site that limits nobody."""
    env = {**os.environ, f"{PREFIX}SECRET_KEY": SECRET, f"{PREFIX}JUDGES": "3", f"{PREFIX}LOG_LEVEL": "INFO"}
    words = [sys.executable, "-m", "replygate", "--data", str(directory), "up", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert b"is up" in process.stdout.readline()
    return process


def run(submissions: int, kills: int, seed: int, directory: Path) -> dict[str, Any]:
    """The report; `problems` is empty when all is well."""
    began, port = time.monotonic(), free_port()
    process = start(directory, port)
    try:
        settings = Settings(secret_key=SECRET, redis_url=embedded.url(directory), socket_timeout=5.0)
        storage = open_redis(settings)
        kept, key = new_key()
        limits = {"per_minute": 0, "max_pending": 10**6}
        storage.sites.put(Site(SITE, "Killed", datetime.now(UTC), keys=(kept,), moderation="suspicious", **limits))
        seen, visitors = submit_all(port, key, submissions, kills * sum(BETWEEN) / 2)
        killed = kill_some(process.pid, kills, random.Random(seed))
        for visitor in visitors:
            visitor.join()
        last = max(killed.at[-1], time.time())
        wrong = [*_late(storage, last), *problems(settings, storage, SITE, seen.ids)]
        counters = storage.comments.counters(SITE)
        report = {
            "submissions": len(seen.ids),
            "kills": sum(killed.what.values()),
            "killed": dict(killed.what),
            "answers": dict(seen.told),
            "decided": dict(counters.decided),
            "claims": counters.attempts,
            **waits(list(records(storage, SITE)), killed.at),
        }
        return {**report, "problems": wrong + _end(process), "seconds": round(time.monotonic() - began, 1)}
    finally:
        process.kill()
        process.communicate()


def _late(storage: Storage, last: float) -> list[str]:
    """Wait for the last decision, but no longer than was promised."""
    while queued := storage.backlog.depth(SITE).queued:
        if time.time() > last + PROMISE:
            return [f"{queued} were not decided {PROMISE:.0f} s after the last kill"]
        time.sleep(0.05)
    return []


def _end(process: "subprocess.Popen[bytes]") -> list[str]:
    """Stop everything, and see that nothing is left."""
    pids = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    status = process.wait(60)
    left = [f"process {pid} was left behind" for pid in pids if not gone(pid)]
    return left + ([f"it ended with {status}"] if status else [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rgk") as directory:
        report = run(chosen.submissions, chosen.kills, chosen.seed, Path(directory))
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    sys.exit(bool(report["problems"]))


if __name__ == "__main__":
    main()

"""Submit, edit and withdraw comments while all parts are killed at random, then check that none is lost or repeated.

`python -m tests.faults.kill_test --submissions 20000 --kills 200 --seed 1` prints a report and ends with 1 if there
is a problem. All parts run as `replygate up` runs them.
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
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.setting_values import Term
from comments.settings import PREFIX, Settings
from comments.site import Site, SiteKey
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from replygate import embedded_valkey
from service.web.site_access import new_site_key
from tests.faults.audit import problems, records
from tests.faults.visitors import HOLDS, REJECTS, Seen, Visitor
from tests.support.builders import SECRET
from tests.support.wait import has_ended, wait_until

ROOT = Path(__file__).parents[2]
SITE = "killed"
VISITORS = 8
#: Seconds between two kills. Usually the killed part is back by then.
BETWEEN = (0.4, 2.0)
#: The promise: all comments accepted before a kill are decided within this many seconds after it.
PROMISE = 15.0
#: Weights of the parts. Valkey is killed rarely, because everything waits for it.
VICTIMS = {"judge": 45, "background": 5, "delivery": 3, "sweep": 15, "web": 10, "web process": 15, "valkey": 7}


@dataclass
class Killings:
    """Times of the kills, and their number by part."""

    at: list[float] = field(default_factory=list)
    by_part: Counter[str] = field(default_factory=Counter)


def kind(process: psutil.Process, supervisor: int) -> str:
    words = " ".join(process.cmdline())
    if "valkey-server" in words:
        return "valkey"
    ends = {"web_server": "web"} | {name: name for name in ("judge", "background", "delivery", "sweep")}
    name = next((name for end, name in ends.items() if words.endswith(end)), "")
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
    while sum(done.by_part.values()) < kills:
        time.sleep(chance.uniform(*BETWEEN))
        victim = chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        if alive := parts(supervisor).get(victim):
            try:
                chance.choice(alive).kill()
            except psutil.NoSuchProcess:
                continue
            done.at.append(time.time())
            done.by_part[victim] += 1
    return done


def submit_all(port: int, key: str, n: int, seconds: float, seed: int) -> tuple[Seen, list[threading.Thread]]:
    """Start visitors that share `n` submissions and take about `seconds`."""
    seen = Seen()
    pause = seconds * VISITORS / n
    visitors = [Visitor(port, SITE, key, seen, seed) for _ in range(VISITORS)]
    threads = [
        threading.Thread(target=visitor.submit_all, args=(range(start, n, VISITORS), pause))
        for start, visitor in enumerate(visitors)
    ]
    for thread in threads:
        thread.start()
    return seen, threads


def queue_times(comment: Comment) -> Iterator[tuple[float, float]]:
    """Yield start and end of each time that the comment was queued."""
    since = comment.received
    for decision in comment.decisions:
        if decision.status is not Status.QUEUED and decision.before is Status.QUEUED:
            yield since.timestamp(), decision.at.timestamp()
        if decision.action is Action.EDIT:
            since = decision.at


def waits(found: list[Comment], kills: list[float]) -> dict[str, float]:
    """Return the longest time to a decision, and the longest since arrival or the last kill before the decision."""
    longest = since_kill = 0.0
    for arrived, decided in (wait for comment in found for wait in queue_times(comment)):
        longest = max(longest, decided - arrived)
        since_kill = max(since_kill, decided - max(arrived, *(k for k in kills if k <= decided), 0.0))
    return {"longest_wait_seconds": round(longest, 2), "longest_since_kill_seconds": round(since_kill, 2)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def a_site(key: SiteKey) -> Site:
    """Return a site without limits. Its word lists match a few comments."""
    return Site(
        SITE,
        "Killed",
        datetime.now(UTC),
        keys=(key,),
        moderation="suspicious",
        per_minute=0,
        max_pending=10**6,
        hold_words=(Term(HOLDS),),
        reject_words=(Term(REJECTS),),
    )


def start(directory: Path, port: int) -> "subprocess.Popen[bytes]":
    """Start `replygate up` and wait until it is ready."""
    env = {**os.environ, f"{PREFIX}SECRET_KEY": SECRET, f"{PREFIX}JUDGES": "3", f"{PREFIX}LOG_LEVEL": "INFO"}
    words = [sys.executable, "-m", "replygate", "--data", str(directory), "up", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert b"is up" in process.stdout.readline()
    return process


def run(submissions: int, kills: int, seed: int, directory: Path) -> dict[str, Any]:
    """Run the test and return the report. Its `problems` are empty if it passed."""
    begun, port = time.monotonic(), free_port()
    process = start(directory, port)
    try:
        settings = Settings(secret_key=SECRET, redis_url=embedded_valkey.url(directory), socket_timeout=5.0)
        storage = open_redis(settings)
        kept, key = new_site_key()
        storage.sites.put(a_site(kept))
        seen, visitors = submit_all(port, key, submissions, kills * sum(BETWEEN) / 2, seed)
        killed = kill_some(process.pid, kills, random.Random(seed))
        for visitor in visitors:
            visitor.join()
        last = max(killed.at[-1], time.time())
        found_problems = [*_late(storage, last), *problems(settings, storage, SITE, seen)]
        if len(seen.ids) != submissions:
            found_problems.append(f"visitors stopped after {len(seen.ids)} of {submissions}")
        counters = storage.comments.counters(SITE)
        report = {
            "submissions": len(seen.ids),
            "kills": sum(killed.by_part.values()),
            "killed": dict(killed.by_part),
            "edits": sum(map(len, seen.edits.values())),
            "withdrawals": len(seen.withdrawn),
            "answers": dict(seen.answers),
            "decided": dict(counters.decided),
            "claims": counters.attempts,
            **waits(list(records(storage, SITE)), killed.at),
        }
        return {**report, "problems": found_problems + _end(process), "seconds": round(time.monotonic() - begun, 1)}
    finally:
        process.kill()
        process.communicate()


def _late(storage: Storage, last: float) -> list[str]:
    """Wait for the last decision within the promised time, and then for indexing and learning."""
    while queued := storage.queue.depth(SITE).queued:
        if time.time() > last + PROMISE:
            return [f"{queued} were not decided {PROMISE:.0f} s after the last kill"]
        time.sleep(0.05)
    wait_until(lambda: storage.queue_index.is_complete(SITE), "all comments are indexed", 60)
    wait_until(lambda: not storage.corpus.due(SITE, 1), "changed decisions are learned", 60)
    return []


def _end(process: "subprocess.Popen[bytes]") -> list[str]:
    """Stop all parts, and check that no process is left."""
    pids = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    status = process.wait(60)
    left = [f"process {pid} was left behind" for pid in pids if not has_ended(pid)]
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

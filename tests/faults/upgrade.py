"""Upgrade under traffic, with old and new parts together: `python -m tests.faults.upgrade`. It needs the git history.

By default the old version is the commit that wrote `tests/data/version_before.jsonl`. `--first web` replaces the web
server first, `--first workers` the other parts. The table shows what happened in each phase.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from comments.lifecycle import Role, Status
from comments.model import Comment
from comments.settings import PREFIX, Settings
from comments.storage.redis import connect, open_redis
from replygate import embedded_valkey
from tests.faults.installation import ROOT
from tests.faults.visitors import Seen, Visitor
from tests.support.builders import SECRET
from tests.support.ports import free_port
from tests.support.running_service import is_healthy
from tests.support.wait import wait_until

BEFORE = "52c52f1"
SITE = "blog"
WORKERS = (("work", "judge"), ("work", "background"), ("work", "delivery"), ("sweep",))
#: Acknowledged comments in each phase, for each web server.
COMMENTS = 60
THREADS = 50  # of the visitors


@dataclass
class Version:
    """The code of one version, and its running processes."""

    name: str
    root: Path
    env: dict[str, str]
    port: int = field(default_factory=free_port)
    web: "subprocess.Popen[bytes] | None" = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def attempt(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "replygate", *words]
        return subprocess.run(command, cwd=self.root, env=self.env, check=False, capture_output=True, text=True)

    def run(self, *words: str) -> str:
        done = self.attempt(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_web(self) -> None:
        url = f"http://127.0.0.1:{self.port}"
        self.web = self._start("web", PORT=str(self.port), PUBLIC_URL=url, WEB_PROCESSES="1")
        wait_until(lambda: is_healthy(url), f"the {self.name} web server answers")

    def start_workers(self) -> None:
        self.workers = [self._start(*words) for words in WORKERS]

    def stop_workers(self) -> None:
        _stop(self.workers)
        self.workers = []

    def stop_web(self) -> None:
        if self.web is not None:
            _stop([self.web])
            self.web = None

    def _start(self, *words: str, **more: str) -> "subprocess.Popen[bytes]":
        env = {**self.env, **{PREFIX + name: value for name, value in more.items()}}
        command = [sys.executable, "-m", "replygate", *words]
        return subprocess.Popen(command, cwd=self.root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _stop(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(60)


@contextmanager
def versions(commit: str) -> Iterator[tuple[Version, Version, Settings]]:
    """Give the old and the new version on one new Valkey, with a site that the old version created."""
    with tempfile.TemporaryDirectory(prefix="rgv") as base, ExitStack() as stack:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(f"{base}/old", filter="data")
        server = embedded_valkey.start(Path(base) / "data")
        stack.callback(server.stop)
        env = {**os.environ, f"{PREFIX}REDIS_URL": server.url, f"{PREFIX}SECRET_KEY": SECRET}
        both = Version("old", Path(base) / "old", env), Version("new", ROOT, env)
        for version in both:
            stack.callback(version.stop_web)
            stack.callback(version.stop_workers)
        yield *both, Settings(redis_url=server.url, secret_key=SECRET)


@dataclass
class Upgrade:
    old: Version
    new: Version
    settings: Settings
    key: str
    seen: Seen = field(default_factory=Seen)
    numbers: Iterator[int] = field(default_factory=count)

    def phase(self, name: str) -> None:
        """Submit comments to every web server that runs, wait for their decisions, and print what happened."""
        webs = [version for version in (self.old, self.new) if version.web]
        begun, before = time.monotonic(), self.seen.answers.copy()
        threads = [threading.Thread(target=self._submit, args=(version,)) for version in webs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sent = time.monotonic() - begun
        store = open_redis(self.settings)
        wait_until(lambda: not store.queue.depth(SITE).queued, f"all are decided: {name}", 120)
        answers = {
            status: n - before.get(status, 0) for status, n in self.seen.answers.items() if n > before.get(status, 0)
        }
        wait = time.monotonic() - begun - sent
        data = int(connect(self.settings).get("rg:version") or 0)
        published = store.comments.counters(SITE).current.get(Status.APPROVED, 0)
        shown = ", ".join(f"{version.name} web shows {_shown(version)}" for version in webs)
        print(f"{name:<35} data {data}  {answers}  decided after {wait:.0f} s  {shown} of {published}")  # noqa: T201

    def _submit(self, version: Version) -> None:
        visitor = Visitor(version.port, SITE, self.key, self.seen, seed=1)
        for _ in range(COMMENTS):
            visitor.submit(next(self.numbers))

    def problems(self) -> Iterator[str]:
        """Compare what is stored with what was acknowledged."""
        store = open_redis(self.settings)
        promised = sorted(self.seen.acknowledged_ids())
        found = dict(zip(promised, store.comments.load(SITE, promised), strict=True))
        yield from (f"{id} was lost" for id, comment in found.items() if comment is None)
        yield from (f"{key} got two comments" for key, ids in self.seen.ids.items() if len(ids) > 1)
        comments = [comment for comment in found.values() if comment]
        yield from (f"{c.id} has the history {_history(c)}" for c in comments if _history(c) != [Role.FILTERS])
        published = sum(comment.status is Status.APPROVED for comment in comments)
        counted = store.comments.counters(SITE).current.get(Status.APPROVED, 0)
        if published != counted:
            yield f"{published} comments are published, {counted} are counted"


def _shown(version: Version) -> int:
    """Return the number of published comments that a web server shows."""
    base = f"http://127.0.0.1:{version.port}/v1/sites/{SITE}/threads"
    total = 0
    for n in range(THREADS):
        with urllib.request.urlopen(f"{base}/thread-{n}/comments?limit=100", timeout=30) as answer:
            total += len(json.load(answer)["comments"])
    return total


def _history(comment: Comment) -> list[Role]:
    return [decision.role for decision in comment.decisions]


def upgrade(commit: str, first: str) -> list[str]:
    """Upgrade, and return the problems."""
    with versions(commit) as (old, new, settings):
        old.run("site", "add", SITE, "moderation=suspicious", "per_minute=0")
        key = next(word for word in old.run("site", "key", SITE).split() if word.startswith("rgk_"))
        both = Upgrade(old, new, settings, key)
        old.start_web()
        old.start_workers()
        both.phase("old web, old workers")
        steps = {"web": new.start_web, "workers": lambda: (old.stop_workers(), new.start_workers())}
        steps[first]()
        both.phase(f"new {first} added" if first == "web" else "old web, new workers")
        if first == "web":
            old.stop_web()
            both.phase("new web, old workers")
        next(step for name, step in steps.items() if name != first)()
        both.phase("both web servers, new workers" if first == "workers" else "new web, new workers")
        old.stop_web()
        both.phase("new web, new workers, old ones gone")
        check = new.attempt("rebuild", "--site", SITE, "--check")
        print("rebuild --check:", *check.stdout.split("\n"), sep="\n  ")  # noqa: T201
        refused = old.attempt("status")
        said = [line for line in refused.stderr.splitlines() if "version" in line]
        print("the old version on the new data:", *said[-1:])  # noqa: T201
        return list(both.problems())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", default=BEFORE, metavar="COMMIT")
    parser.add_argument("--first", choices=("web", "workers"), default="workers")
    chosen = parser.parse_args()
    found = upgrade(chosen.before, chosen.first)
    print(*(found or ["no comment was lost, doubled or decided twice"]), sep="\n")  # noqa: T201
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

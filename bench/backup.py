"""Measure a backup and a restore: their time, the size of the file, and how long the server answers nobody.

    python -m bench.backup [--comments 20000]

A probe writes one key every millisecond. Its slowest write is shown with and without a backup, because other programs
delay it as well. The fork is what the server itself measures; it is the only time when it answers nobody.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.memory import SITE, submit
from comments.job_queue import JUDGE
from comments.lifecycle import Status
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.redis import connect
from comments.storage.redis.server_snapshot import read_snapshot
from comments.storage.values import DATA_VERSION
from replygate.backup.backup_file import BackupHeader, pack_backup
from replygate.backup.restoring import restore_keys, unpacked_backup
from replygate.embedded_valkey import start
from workers.deps import build_deps, set_deps
from workers.jobs import CALLABLES


class Probe:
    """Writes one key every millisecond, and keeps the slowest time."""

    def __init__(self, client: Any) -> None:
        self._client, self._stop, self.slowest = client, threading.Event(), 0.0

    def __enter__(self) -> "Probe":
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.001):
            begun = time.perf_counter()
            self._client.set("probe", "")
            self.slowest = max(self.slowest, time.perf_counter() - begun)


def fill(settings: Settings, n: int) -> None:
    deps = build_deps(settings)
    set_deps(deps)
    deps.storage.server.prepare()
    deps.storage.sites.put(SITE)
    submit(deps.storage, Pseudonyms(settings.secret_key), n)
    while deps.storage.comments.counters(SITE.id).current[Status.QUEUED]:
        CALLABLES[JUDGE](SITE.id, "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=20_000)
    n = parser.parse_args().comments
    with tempfile.TemporaryDirectory(prefix="rg") as directory, tempfile.TemporaryFile() as file:
        server, empty = start(Path(directory) / "a"), start(Path(directory) / "b", fsync="everysec")
        settings = Settings(secret_key="x" * 32, redis_url=server.url, judge_seconds=600)
        fill(settings, n)
        client = connect(settings)
        client.config_set("repl-diskless-sync-delay", 0)  # otherwise every backup waits five seconds more
        with Probe(connect(settings)) as alone:
            time.sleep(5)
        header = BackupHeader("", "", DATA_VERSION, "rg", 0, "")
        begun = time.perf_counter()
        with Probe(connect(settings)) as probe:
            size = sum(file.write(part) for part in pack_backup(header, [read_snapshot(client)]))
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        with unpacked_backup(file) as backup:
            n_keys = restore_keys(backup, Settings(redis_url=empty.url), lambda n: None)
        restored = time.perf_counter() - begun
        memory = client.info("memory")["used_memory"]
        print(f"{n} decided comments, {n_keys} keys, {memory / 1e6:.0f} MB of memory")
        print(f"backup         {seconds:6.1f} s, {size / 1e6:.1f} MB")
        print(f"restore        {restored:6.1f} s")
        print(f"fork           {client.info('stats')['latest_fork_usec'] / 1e3:6.1f} ms")
        print(f"slowest write  {probe.slowest * 1e3:6.1f} ms during the backup, {alone.slowest * 1e3:.1f} ms before it")
        server.stop()
        empty.stop()


if __name__ == "__main__":
    main()

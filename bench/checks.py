"""Measure checks beside a bare Flask route on the same server, what they cost, and the memory they take.

    python -m bench.checks [--rounds 5] [--seconds 3] [--stored 100000] [--write]

Two web processes of the shipped server, two judges and the sweep run; Valkey writes to disk before each answer. 1, 8
and 200 callers ask in alternating rounds for the route that reads the JSON and answers with a constant, for a check of
the JSON API and for `comment-check` of the Akismet API. The processor time is that of all processes with Valkey.
Writes to disk are counted in a round of their own by `strace`, if it is installed. `--seconds 0` measures memory only,
`--stored 0` none. `--write` puts both tables into docs/checks.md.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from bench.bench_site import FORM, JSON_TYPE, KEY, SITE, fields
from bench.callers import Answers, call
from bench.checks_page import CheckCosts, check_table, stored_table, write_tables
from bench.http_load import Request
from bench.processor_time import measured_time
from bench.servers import SECRET, environment, process, until, valkey, web_server
from bench.stored_checks import StoredChecks, measure_stored
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.redis import connect, open_redis

CHECKED = replace(SITE, checks_per_minute=0, akismet_keys=("k1",))
CALLERS = (1, 8, 200)
BARE = "bare route"
#: More than any server here answers in a second.
MOST_A_SECOND, MOST_CHECKS_A_SECOND = 12_000, 5_000
ENOUGH_CHECKS = 500
#: Seconds without requests, in which the writes of heartbeats are counted.
IDLE_SECONDS = 4.0


def bare_checks(seed: int, seconds: float) -> Request:
    return Request(
        "/check-nothing", JSON_TYPE, [json.dumps(one) for one in fields(seed, round(MOST_A_SECOND * seconds))]
    )


def json_checks(seed: int, seconds: float) -> Request:
    headers = JSON_TYPE | {"Authorization": f"Bearer {KEY}", "Prefer": "wait=10"}
    bodies = [json.dumps(one) for one in _checked(seed, seconds)]
    return Request(f"/v1/sites/{CHECKED.id}/checks", headers, bodies)


def akismet_checks(seed: int, seconds: float) -> Request:
    shared = {"api_key": Pseudonyms(SECRET).akismet_key(CHECKED.id, "k1"), "blog": "https://bench.example"}
    every = (
        shared
        | {
            "user_ip": one["ip"],
            "permalink": one["thread"],
            "comment_author": one["author"],
            "comment_author_email": one["email"],
            "comment_content": one["content"],
        }
        for one in _checked(seed, seconds)
    )
    return Request("/1.1/comment-check", FORM, [urlencode(one) for one in every])


def _checked(seed: int, seconds: float) -> Iterator[dict[str, str]]:
    n = round(MOST_CHECKS_A_SECOND * seconds) + ENOUGH_CHECKS
    return ({**one, "ip": f"192.0.2.{k % 250}"} for k, one in enumerate(fields(seed, n)))


KINDS: Mapping[str, Callable[[int, float], Request]] = {
    BARE: bare_checks,
    "check": json_checks,
    "`comment-check`": akismet_checks,
}


@dataclass(frozen=True, slots=True)
class CheckingService:
    """The running service beside the bare route. `pids` are those of all processes of each kind with Valkey."""

    settings: Settings
    ports: Mapping[str, int]
    pids: Mapping[str, tuple[int, ...]]

    def ask(self, kind: str, callers: int, seed: int, seconds: float) -> Answers:
        answers = call(self.ports[kind], KINDS[kind](seed, seconds), callers, seconds)
        storage = open_redis(self.settings)
        until(lambda: storage.checks.waiting(CHECKED.id) == 0)
        return answers

    def commands(self) -> int:
        return int(connect(self.settings).info("stats")["total_commands_processed"])


@contextmanager
def checking_service() -> Iterator[CheckingService]:
    with ExitStack() as parts:
        settings = parts.enter_context(valkey())
        storage = open_redis(settings)
        storage.sites.put(CHECKED)
        env = environment(settings)
        started = [parts.enter_context(process("workers.start", part, env=env)) for part in ("judge", "judge", "sweep")]
        bare = parts.enter_context(web_server(settings, "bench.bare_app:app"))
        web = parts.enter_context(web_server(settings))
        until(lambda: len(storage.heartbeats.alive("judge")) == 2)
        store = connect(settings).info("server")["process_id"]
        checking = (web.pid, *(part.pid for part in started), store)
        yield CheckingService(
            settings,
            {kind: bare.port if kind == BARE else web.port for kind in KINDS},
            {kind: (bare.pid,) if kind == BARE else checking for kind in KINDS},
        )


def measure(rounds: int, seconds: float) -> list[CheckCosts]:
    """Return the figures of each kind for each number of callers. The first round warms up and does not count."""
    found = []
    with checking_service() as service:
        for callers in CALLERS:
            rows: dict[str, list[CheckCosts]] = {kind: [] for kind in KINDS}
            for turn in range(rounds + 1):
                for kind in KINDS:
                    row = _measured(service, kind, callers, turn * 1_000 + callers, seconds if turn else 1.0)
                    rows[kind] += [row] if turn else []
            for kind in KINDS:
                writes = _disk_writes(service, kind, callers, seconds)
                found.append(replace(_median(rows[kind]), disk_writes=writes))
                print(found[-1], flush=True)
    return found


def _measured(service: CheckingService, kind: str, callers: int, seed: int, seconds: float) -> CheckCosts:
    before = service.commands()
    with measured_time(*service.pids[kind]) as spent:
        answers = service.ask(kind, callers, seed, seconds)
    n, commands = max(1, len(answers.waits)), service.commands() - before
    return CheckCosts(
        kind,
        callers,
        answers.rate,
        p50=1000 * answers.percentile(0.5),
        p99=1000 * answers.percentile(0.99),
        processor_ms=1000 * spent.seconds / n,
        commands=0.0 if kind == BARE else commands / n,
        disk_writes=None,
        statuses=answers.statuses,
    )


def _median(rows: list[CheckCosts]) -> CheckCosts:
    names = ("rate", "p50", "p99", "processor_ms", "commands")
    medians = {name: statistics.median(getattr(row, name) for row in rows) for name in names}
    return replace(rows[0], statuses=sum((row.statuses for row in rows), Counter()), **medians)


def _disk_writes(service: CheckingService, kind: str, callers: int, seconds: float) -> float | None:
    """Return how often Valkey waits for the disk for each answer; None if strace is missing.

    What it writes for the heartbeats of the processes, measured just before, does not count.
    """
    if kind == BARE or not shutil.which("strace"):
        return None
    words = ["strace", "-f", "-qq", "-ttt", "-e", "trace=fdatasync,fsync", "-p", str(service.pids[kind][-1])]
    # Into a file: a full pipe would stop Valkey.
    with tempfile.TemporaryFile("w+") as file, subprocess.Popen(words, stderr=file) as tracer:
        time.sleep(1.0)  # until it is attached
        idle = time.time()
        time.sleep(IDLE_SECONDS)
        begun = time.time()
        answers = service.ask(kind, callers, 10**6 + callers, seconds)
        ended = time.time()
        with suppress(ProcessLookupError):
            tracer.send_signal(signal.SIGINT)
        tracer.wait()
        file.seek(0)
        calls = file.read()
    times = [float(found[1]) for found in re.finditer(r"(\d+\.\d+) f\w*sync\(", calls)]
    heartbeats = sum(idle <= at < begun for at in times) / (begun - idle) * (ended - begun)
    return max(0.0, sum(begun <= at < ended for at in times) - heartbeats) / max(1, len(answers.waits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each kind of request in each round")
    parser.add_argument("--stored", type=int, default=100_000, help="checks, for example 1000000")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/checks.md")
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    costs = measure(chosen.rounds, chosen.seconds) if chosen.seconds else []
    stored: list[StoredChecks] = []
    if chosen.stored:
        with valkey("everysec") as many, valkey("everysec") as few:
            for figures in measure_stored(many, few, CHECKED, chosen.stored):
                print(figures, flush=True)
                stored.append(figures)
    command = f"python -m bench.checks --rounds {chosen.rounds} --seconds {chosen.seconds:g} --stored {chosen.stored}"
    tables = {}
    if costs:
        tables["checks"] = check_table(costs, command, load)
    if stored:
        tables["stored"] = stored_table(stored, command)
    print("\n\n".join(tables.values()))
    if chosen.write:
        write_tables(tables)


if __name__ == "__main__":
    main()

"""Measure checks: their rate and latency beside a bare Flask route on the same server, and the memory they take.

    python -m bench.checks [--requests 200] [--rounds 3] [--stored 10000]

Both applications run on two web processes of the shipped server; two judges answer the checks. Rounds alternate. With
one connection the machine is quiet and the times are latencies; with eight the rate is measured. Valkey writes to disk
before each response. The bare route reads the JSON and answers with a constant.
"""

import argparse
import json
import os
import random
import statistics
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from subprocess import DEVNULL

from flask import Flask, request

from bench.load import Load, Report, send
from bench.servers import environment, process, until, valkey
from bench.text import sentence
from comments.model import Comment
from comments.pseudonyms import token_digest
from comments.settings import Settings
from comments.site import Site, SiteKey
from comments.storage.checks import CheckAdmission, CheckRequest, new_check_id
from comments.storage.redis import connect, open_redis
from replygate.granian_wsgi import WSGIAdapter
from replygate.web_server import open_server
from workers.deps import build_deps, set_deps
from workers.jobs import judge

KEY = "rgk_k1_" + "s" * 40
SITE = Site(
    "bench", "Bench", datetime(2026, 1, 1, tzinfo=UTC), keys=(SiteKey("k1", token_digest(KEY)),), checks_per_minute=0
)
CHARACTERS = 200
HEADERS = f"Authorization: Bearer {KEY}\r\nPrefer: wait=10\r\n"
BARE, CHECKS = "/bare", f"/v1/sites/{SITE.id}/checks"

bare_app = Flask(__name__)


@bare_app.post(BARE)
def bare() -> dict[str, str]:
    return {"verdict": "ham" if request.get_json()["content"] else "unsure"}


def load_bare(_: str) -> WSGIAdapter:
    return WSGIAdapter(bare_app, threads=4, max_body=65_536, max_form=65_536)


def body(c: int, n: int) -> bytes:
    rng = random.Random(c * 1_000_003 + n)
    fields = {"content": sentence(rng, CHARACTERS), "author": f"Reader {n}", "email": f"reader{c}.{n}@example.org"}
    return json.dumps(fields).encode()


def measure(settings: Settings, requests: int, rounds: int) -> None:
    storage = open_redis(settings)
    storage.sites.put(SITE)
    ports = {BARE: 18_431, CHECKS: 18_432}
    with ExitStack() as parts:
        env = {path: environment(settings, REPLYGATE_PORT=str(port)) for path, port in ports.items()}
        parts.enter_context(process("bench.checks", "--serve-bare", env=env[BARE], stderr=DEVNULL))
        parts.enter_context(process("replygate", "web", env=env[CHECKS], stderr=DEVNULL))
        for _ in range(2):
            parts.enter_context(process("replygate", "work", "judge", env=env[CHECKS]))
        parts.enter_context(process("replygate", "sweep", env=env[CHECKS]))
        until(lambda: len(storage.heartbeats.alive("judge")) == 2)
        for connections in (1, 8):
            found: dict[str, list[Report]] = {path: [] for path in ports}
            for n in range(rounds + 1):
                for path, port in ports.items():
                    per_connection = requests // connections
                    load = Load("127.0.0.1", port, path, body, headers=HEADERS, connections=connections)
                    report = send(replace(load, requests=per_connection, first=n * per_connection))
                    found[path] += [report] if n else []  # the first round warms up
            for path, reports in found.items():
                print_reports(f"{path}, {connections} connections", reports)


def print_reports(title: str, reports: list[Report]) -> None:
    rate = statistics.median(report.rate for report in reports)
    p50, p99 = (1000 * statistics.median(r.percentile(share) for r in reports) for share in (0.5, 0.99))
    statuses = sum((report.statuses for report in reports), reports[0].statuses.__class__())
    print(f"{title}: {rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, statuses {dict(statuses)}")


def measure_memory(settings: Settings, n: int) -> None:
    """Print the bytes of a stored check with its answer, after the judge has answered all."""
    storage, client = open_redis(settings), connect(settings)
    storage.sites.put(SITE)
    set_deps(build_deps(settings))
    before = client.info("memory")["used_memory"]
    for i in range(n):
        comment = Comment(
            id=new_check_id(),
            site=SITE.id,
            thread=f"https://bench.example/post-{i // 20}",
            received=datetime.now(UTC),
            author=f"Reader {i}",
            email=f"reader{i}@example.org",
            content=sentence(random.Random(i), CHARACTERS),
            user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        )
        admission = CheckAdmission(seconds=15 * 86_400, max_kept=n + 1)
        storage.checks.ask(SITE.id, comment.id, CheckRequest(None, "key:k1", datetime.now(UTC), (comment,)), admission)
        if i % 500 == 499:
            judge(SITE.id, "token")
    judge(SITE.id, "token")
    each = (client.info("memory")["used_memory"] - before) / n
    print(f"{n:,} answered checks of {CHARACTERS} characters: {each:.0f} bytes each, {each / 1000:.2f} GB a million")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stored", type=int, default=10_000)
    parser.add_argument("--serve-bare", action="store_true")
    chosen = parser.parse_args()
    if chosen.serve_bare:
        open_server(Settings.from_env(os.environ)).serve(target_loader=load_bare)
        return
    with valkey() as settings:
        measure(settings, chosen.requests, chosen.rounds)
    with valkey("everysec") as settings:
        measure_memory(settings, chosen.stored)


if __name__ == "__main__":
    sys.exit(main())

"""Measure comments decided and accepted per second: the naive service and Replygate, in one run.

    python -m bench.throughput [--naive 60] [--ours 10000] [--requests 3000] [--rounds 3]

Deciding: two worker processes each. The naive jobs run in RQ's default forking worker with plain better-profanity; our
workers run all built-in filters. Accepting: two web processes, eight connections, compared with a bare Flask route
that makes one Lua call. Valkey writes to disk before each response (appendfsync always).
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

from rq import Queue

from bench.load import Load, send
from bench.servers import environment, process, valkey, web
from bench.text import sentence
from comments.model import Comment
from comments.pseudonyms import digest, new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.redis import connect, open_redis
from comments.storage.values import Admission

SITE = Site(
    "bench", "Bench", datetime(2026, 1, 1, tzinfo=UTC), moderation="suspicious", per_minute=0, max_pending=10**6
)
CHARACTERS = 200
CONNECTIONS = 8
WORKERS = 2
ROUTES = {
    "bare": ("bench.naive:app", "/bare"),
    "naive": ("bench.naive:app", "/naive"),
    "ours": ("service.wsgi:app", f"/v1/sites/{SITE.id}/comments"),
}


def texts(seed: int, n: int) -> list[str]:
    rng = random.Random(seed)
    return [sentence(rng, CHARACTERS) for _ in range(n)]


def until(done: Callable[[], bool]) -> float:
    """Wait until `done` and return the seconds. Checks 50 times a second."""
    begun = time.perf_counter()
    while not done():
        time.sleep(0.02)
    return time.perf_counter() - begun


def naive_decided(settings: Settings, n: int) -> float:
    """Return comments per second."""
    redis = connect(settings)
    queue = Queue("naive", connection=redis)
    for i, content in enumerate(texts(1, n)):
        comment = {"id": str(i), "author": "Ada", "email": "ada@example.org", "content": content}
        queue.enqueue("bench.naive.moderate", comment)
    with ExitStack() as workers:
        for _ in range(WORKERS):
            words = ("rq.cli", "worker", "--url", settings.redis_url, "--quiet", "naive")
            workers.enter_context(process(*words, env=environment(settings)))
        until(lambda: bool(redis.exists("naive:0")))  # the start of the workers is not measured
        left = n - len(list(redis.scan_iter("naive:*", count=1000)))
        return left / until(lambda: redis.exists(*(f"naive:{i}" for i in range(n))) == n)


def ours_decided(settings: Settings, n: int) -> float:
    """Return comments per second."""
    storage = open_redis(settings)
    storage.sites.put(SITE)
    for i, content in enumerate(texts(2, n)):
        storage.comments.accept(_comment(i, content), Admission(fingerprint=digest(str(i)), max_pending=n + 1))
    with ExitStack() as parts:
        for words in (("work", "judge"),) * WORKERS + (("sweep",),):
            parts.enter_context(process("replygate", *words, env=environment(settings)))
        until(lambda: storage.queue.depth(SITE.id).queued < n)  # the start of the workers is not measured
        left = storage.queue.depth(SITE.id).queued
        return left / until(lambda: storage.queue.depth(SITE.id).queued == 0)


def _comment(i: int, content: str) -> Comment:
    return Comment(
        id=new_id(),
        site=SITE.id,
        thread=f"post-{i // 20}",
        received=datetime.now(UTC),
        author=f"Reader {i}",
        email=f"reader{i}@example.org",
        content=content,
        origin=f"origin-{i}",
        identity=f"identity-{i}",
    )


def body(c: int, n: int) -> bytes:
    """Return a submission that differs from all others of the run."""
    content = sentence(random.Random(c * 1_000_003 + n), CHARACTERS)
    fields = {"thread": f"post-{n // 20}", "author": f"Reader {c}", "email": f"r{c}@example.org", "content": content}
    return json.dumps(fields).encode()


def accepted(app: str, path: str, settings: Settings, requests: int) -> float:
    """Return the responses 202 per second, after a warm-up with a tenth of the requests."""
    with web(app, settings) as port:
        load = Load("127.0.0.1", port, path, body, connections=CONNECTIONS, requests=requests // CONNECTIONS)
        send(replace(load, requests=load.requests // 10, first=load.requests))
        report = send(load)
    assert set(report.statuses) == {202}, report.statuses
    return report.rate


def accepting(requests: int, rounds: int) -> None:
    rates: dict[str, list[float]] = {name: [] for name in ROUTES}
    for _ in range(rounds):  # alternating, so that a slow minute of the machine affects all three
        for name in rates:
            with valkey() as settings:
                open_redis(settings).sites.put(SITE)
                rates[name].append(accepted(*ROUTES[name], settings, requests))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, rate in medians.items():
        print(f"accepted by {name:6} {rate:8.0f} per second   {rate / medians['bare']:.2f} x bare")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("naive", 60), ("ours", 10_000), ("requests", 3000), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    with valkey() as settings:
        slow = naive_decided(settings, args.naive)
    with valkey() as settings:
        fast = ours_decided(settings, args.ours)
    print(f"decided by naive  {slow:8.1f} per second")
    print(f"decided by ours   {fast:8.1f} per second   {fast / slow:.0f} x naive")
    accepting(args.requests, args.rounds)


if __name__ == "__main__":
    main()

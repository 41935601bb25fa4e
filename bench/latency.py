"""Measure the time to a decision on an idle machine, compared with an RQ job that does nothing.

    python -m bench.latency [--rounds 200]

Both alternate in one run. The trivial job is timed from enqueueing to its result, with RQ's in-process worker. The
comment is timed from its 202 to its decision, over HTTP with all built-in filters. Prints medians, 90th percentiles
and the ratio of the medians.
"""

import argparse
import json
import statistics
import time
import urllib.request
from contextlib import ExitStack

from rq import Queue

from bench.servers import environment, process, valkey, web
from bench.throughput import SITE, body, until
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis

REPLY = "trivial:reply"


def trivial_seconds(queue: Queue) -> float:
    """Return the seconds from enqueueing a trivial job to its result."""
    begun = time.perf_counter()
    queue.enqueue("bench.naive.trivial", REPLY)
    queue.connection.blpop([REPLY], 10)
    return time.perf_counter() - begun


def decision_seconds(storage: Storage, port: int, n: int) -> float:
    """Return the seconds from the 202 to the decision."""
    url = f"http://127.0.0.1:{port}/v1/sites/{SITE.id}/comments"
    request = urllib.request.Request(url, body(0, n), {"Content-Type": "application/json"})
    with storage.announcements.listen() as next_decided:
        with urllib.request.urlopen(request) as answer:
            id = json.load(answer)["id"]
        begun = time.perf_counter()
        while id not in next_decided(10):
            pass
        return time.perf_counter() - begun


def measure(settings: Settings, rounds: int) -> None:
    storage, redis = open_redis(settings), connect(settings)
    storage.sites.put(SITE)
    queue = Queue("trivial", connection=redis, serializer="json")
    simple = ("--worker-class", "rq.worker.SimpleWorker", "--serializer", "json", "--url", settings.redis_url)
    env = environment(settings)
    with ExitStack() as parts:
        parts.enter_context(process("rq.cli", "worker", *simple, "--quiet", "trivial", env=env))
        parts.enter_context(process("replygate", "work", "judge", env=env))
        parts.enter_context(process("replygate", "sweep", env=env))
        port = parts.enter_context(web("service.wsgi:app", settings))
        until(lambda: bool(storage.heartbeats.alive("judge")))
        trivial, decisions = [], []
        for n in range(rounds + 5):
            trivial.append(trivial_seconds(queue))
            decisions.append(decision_seconds(storage, port, n))
    for name, seconds in (("trivial job", trivial[5:]), ("202 to decision", decisions[5:])):
        tenths = statistics.quantiles(seconds, n=10)
        print(f"{name:15} median {tenths[4] * 1000:6.2f} ms   90 % within {tenths[8] * 1000:6.2f} ms")
    print(f"ratio of the medians {statistics.median(decisions[5:]) / statistics.median(trivial[5:]):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    with valkey() as settings:
        measure(settings, parser.parse_args().rounds)


if __name__ == "__main__":
    main()

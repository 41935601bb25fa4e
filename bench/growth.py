"""Costs with few and with many stored comments: two services side by side, in alternating rounds.

    python -m bench.growth [--many 1000000] [--rounds 5] [--seconds 2]

The comments are published ones in threads of 50, stored by several processes as an import stores them. A million takes
about four minutes of processor time and 2 GB of memory. Prints the cost of each path with many comments, divided by
that with a thousand.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from multiprocessing import get_context

from bench.bench_site import PER_THREAD, SITE, fields, publish_threads, submissions
from bench.processor_time import measured_time
from bench.request_costs import (
    COUNT,
    READ,
    MeasuredServer,
    RequestKind,
    alternating,
    always,
    filled_valkey,
    with_valkey,
)
from bench.servers import web_server
from comments.job_queue import JUDGE
from comments.model import Comment
from comments.pseudonyms import digest, new_id
from comments.settings import Settings
from comments.storage.redis import open_redis
from comments.storage.values import Admission
from workers.deps import Deps, build_deps, now, set_deps
from workers.jobs import CALLABLES

FEW, JUDGED = 1_000, 300
#: Processes that store comments, and threads that each stores at a time.
FILLERS, THREADS_AT_ONCE = 4, 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of load in each round")
    chosen = parser.parse_args()
    for name, ratio in growth(chosen.many, chosen.rounds, chosen.seconds).items():
        print(f"{name:10} {ratio:6.3f} times")


@dataclass(frozen=True, slots=True)
class GrownStore:
    """A store, the judge on it, and the service with and without its cache."""

    deps: Deps
    store: int
    cached: MeasuredServer
    uncached: MeasuredServer


def growth(many: int, rounds: int, seconds: float) -> dict[str, float]:
    """Return for each path its cost with `many` stored comments, divided by that with a thousand."""
    with ExitStack() as parts:
        few, more = (_grown(parts, n // PER_THREAD) for n in (FEW, many))
        makers: dict[str, tuple[Callable[[GrownStore], MeasuredServer], Callable[..., object]]] = {
            "accept": (lambda s: s.cached, submissions),
            "read": (lambda s: s.cached, always(READ)),
            "counts": (lambda s: s.cached, always(COUNT)),
            "cold read": (lambda s: s.uncached, always(READ)),
        }
        kinds = {
            f"{name} {size}": RequestKind(server(store), make)  # type: ignore[arg-type]
            for name, (server, make) in makers.items()
            for size, store in (("few", few), ("many", more))
        }
        costs = [(judge_cost(few, turn), judge_cost(more, turn)) for turn in range(rounds + 1)][1:]
        found = alternating(kinds, rounds, seconds)
        ratios = {name: found[f"{name} many"] / found[f"{name} few"] for name in makers}
        return ratios | {"judge": statistics.median(b for _, b in costs) / statistics.median(a for a, _ in costs)}


def _grown(parts: ExitStack, threads: int) -> GrownStore:
    settings = parts.enter_context(filled_valkey(0, "no"))
    fill(settings, threads)
    cached, uncached = (
        with_valkey(parts.enter_context(web_server(settings, app)), settings) for app in ("", "bench.uncached_app:app")
    )
    deps = build_deps(replace(settings, judge_seconds=600))
    return GrownStore(deps, cached.pids[1], cached, uncached)


def fill(settings: Settings, threads: int) -> None:
    """Store threads of published comments, with several processes."""
    begun = time.monotonic()
    with ProcessPoolExecutor(FILLERS, get_context("spawn")) as pool:
        starts = range(0, threads, THREADS_AT_ONCE)
        stored = [pool.submit(_store_threads, settings, n, min(n + THREADS_AT_ONCE, threads)) for n in starts]
        for part in stored:
            part.result()
    print(f"{threads * PER_THREAD:,} comments stored in {time.monotonic() - begun:,.0f} s", flush=True)


def _store_threads(settings: Settings, first: int, last: int) -> None:
    publish_threads(open_redis(settings), first, last)


def judge_cost(grown: GrownStore, turn: int) -> float:
    """Return seconds of this process and of Valkey to judge the same comments on either store."""
    deps = grown.deps
    for k, sent in enumerate(fields(10_000 + turn, JUDGED)):
        comment = Comment(
            id=new_id(), site=SITE.id, thread=sent["thread"], received=now(), author=sent["author"],
            email=sent["email"], content=sent["content"], origin=f"network {k}", identity=f"identity {k}",
        )  # fmt: skip
        deps.storage.comments.accept(comment, Admission(fingerprint=digest(comment.id), max_pending=10**7))
    with measured_time(grown.store) as of_store:
        begun = time.process_time()
        judge_all(deps)
        own = time.process_time() - begun
    return of_store.seconds + own


def judge_all(deps: Deps) -> None:
    set_deps(deps)
    while deps.storage.queue.depth(SITE.id).queued:
        CALLABLES[JUDGE](SITE.id, "")


if __name__ == "__main__":
    main()

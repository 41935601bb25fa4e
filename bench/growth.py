"""Costs with few and with many stored comments: two services side by side, in alternating rounds."""

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bench.bench_site import PER_THREAD, SITE, fields, submissions
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
from comments.storage.values import Admission
from workers.deps import Deps, build_deps, now, set_deps
from workers.jobs import CALLABLES

FEW, JUDGED = 1_000, 300


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
    settings = parts.enter_context(filled_valkey(threads, "no"))
    cached, uncached = (
        with_valkey(parts.enter_context(web_server(settings, app)), settings) for app in ("", "bench.uncached_app:app")
    )
    deps = build_deps(replace(settings, judge_seconds=600))
    return GrownStore(deps, cached.pids[1], cached, uncached)


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

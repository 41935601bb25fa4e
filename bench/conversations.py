"""Measure a long and a short conversation: a page, a decision, and the longest time that a bulk step holds Valkey.

    python -m bench.conversations [--long 50000] [--short 50]

Each thread has ten top-level comments, and the other comments below them, up to eight levels deep. The page and the
decision are measured on the same machine in the same run, without caches. The time for which Valkey is held is its own:
of `INFO commandstats` for each step, and of the slow log for the longest command.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from bench.servers import valkey
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import digest, new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.values import Admission, CommentChange
from service.reading.published_threads import thread_page
from service.web.schemas import PageQuery

SITE = Site("bench", "Bench", datetime(2026, 1, 1, tzinfo=UTC), per_minute=0, max_pending=10**7)
TEXT = "Bakers here have used the same starter for sixty years. It says more about a town than any museum does."
ROOTS, DEEPEST = 10, 8
ROUNDS = 40
#: Decisions of one bulk step, as in a browser's request.
BULK = 100


def decided(comment: Comment, action: Action, status: Status, role: Role = Role.MODERATOR) -> Comment:
    return comment.with_decision(Decision(action, status, role, "bench", datetime.now(UTC)))


def fill(storage: Storage, thread: str, n: int) -> list[Comment]:
    """Publish a conversation of `n` comments and return them."""
    rng, depths = random.Random(1), [0] * ROOTS
    made: list[Comment] = []
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for i in range(n):
        above = rng.randrange(i) if i >= ROOTS else 0
        if i >= ROOTS:
            while depths[above] >= DEEPEST - 1:
                above = rng.randrange(i)
            depths.append(depths[above] + 1)
        comment = Comment(
            new_id(), SITE.id, thread, start + timedelta(seconds=i), made[above].id if i >= ROOTS else "",
            f"Reader {i}", f"reader{i}@example.org", content=f"{i}. {TEXT}",
        )  # fmt: skip
        storage.comments.accept(comment, Admission(digest(comment.id), max_pending=10**7))
        after = decided(comment, Action.APPROVE, Status.APPROVED, Role.FILTERS)
        assert storage.comments.decide(SITE.id, [CommentChange(comment, after)]) == [True]
        made.append(after)
    return made


@dataclass
class Cost:
    """Cost of a step: median milliseconds here, of CPU here, and for which Valkey was held; and its longest command."""

    ms: float
    cpu_ms: float
    held_ms: float
    longest_ms: float
    size: int = 0


def measured(client: Any, steps: Iterable[Callable[[], int]]) -> Cost:
    walls, cpus, held, sizes, longest = [], [], [], [], 0
    for step in steps:
        client.config_resetstat()
        client.slowlog_reset()
        wall, cpu = time.perf_counter(), time.process_time()
        sizes.append(step())
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        # The commands inside scripts are part of evalsha.
        used = client.info("commandstats")
        held.append(sum(used.get(f"cmdstat_{name}", {"usec": 0})["usec"] for name in ("evalsha", "mget", "hmget")))
        longest = max(longest, *(row["duration"] for row in client.slowlog_get(1000)))
    return Cost(1000 * median(walls), 1000 * median(cpus), median(held) / 1000, longest / 1000, max(sizes))


def pages(storage: Storage, thread: str, limit: int) -> list[Callable[[], int]]:
    """Read the first page of a thread and render it. Returns the length of the answer."""

    def page() -> int:
        return len(thread_page(storage.threads, SITE.id, thread, PageQuery(limit=limit), 0).model_dump_json())

    return [page] * ROUNDS


def decisions(storage: Storage, comments: Sequence[Comment]) -> Iterator[Callable[[], int]]:
    """Remove comments anywhere in the thread, and approve them again."""
    for comment in random.Random(2).sample(list(comments), ROUNDS // 2):
        removed = decided(comment, Action.REMOVE, Status.REMOVED)
        yield partial(_decide, storage, [CommentChange(comment, removed)])
        again = decided(removed, Action.APPROVE, Status.APPROVED)
        yield partial(_decide, storage, [CommentChange(removed, again)])


def _decide(storage: Storage, changes: Sequence[CommentChange]) -> int:
    assert all(storage.comments.decide(SITE.id, changes))
    return len(changes)


def report(name: str, cost: Cost, short: Cost | None = None) -> None:
    ratio = f"  {cost.held_ms / short.held_ms:5.1f} times" if short else ""
    size = f"  {cost.size / 1000:7.1f} kB" if cost.size > 1000 else ""
    print(
        f"{name:44} {cost.ms:7.2f} ms  {cost.cpu_ms:7.2f} ms CPU  Valkey {cost.held_ms:6.3f} ms{ratio}"
        f"  longest {cost.longest_ms:6.2f} ms{size}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", type=int, default=50_000)
    parser.add_argument("--short", type=int, default=50)
    sizes = parser.parse_args()
    with valkey(fsync="no") as settings, connect(settings) as client:
        run(settings, client, sizes.short, sizes.long)


def run(settings: Settings, client: Any, short: int, long: int) -> None:
    storage = open_redis(settings)
    storage.sites.put(SITE)
    threads = {short: fill(storage, "short", short), long: fill(storage, "long", long)}
    client.config_set("slowlog-log-slower-than", 0)
    client.config_set("slowlog-max-len", 1000)
    for limit in (50, 1):
        name = f"a page of {limit}"
        costs = [measured(client, pages(storage, thread, limit)) for thread in ("short", "long")]
        report(f"{name}, thread of {short}", costs[0])
        report(f"{name}, thread of {long}", costs[1], costs[0])
    costs = [measured(client, decisions(storage, comments)) for comments in threads.values()]
    report(f"a decision in a thread of {short}", costs[0])
    report(f"a decision in a thread of {long}", costs[1], costs[0])
    comments = [c for c in storage.comments.load(SITE.id, [c.id for c in threads[long]]) if c]
    chosen = random.Random(3).sample(comments[ROOTS:], min(BULK, long - ROOTS))
    bulk = [CommentChange(c, decided(c, Action.REMOVE, Status.REMOVED)) for c in chosen]
    report(f"a bulk step of {BULK} in a thread of {long}", measured(client, [lambda: _decide(storage, bulk)]))
    root = next(c for c in comments if not c.parent)
    hidden = decided(root, Action.REMOVE, Status.REMOVED).with_hidden_replies()
    step = measured(client, [lambda: _decide(storage, [CommentChange(root, hidden)])])
    report(f"hiding a comment with {storage.threads.replies(SITE.id, [root])[0]} replies", step)


if __name__ == "__main__":
    main()

"""Measure the Redis memory of a decided comment of 200 characters, with all keys that belong to it.

    python -m bench.memory [--comments 5000]

A quarter of the comments is held for review. Prints bytes per comment right after the decisions and once the windows
are over: rate windows, records of repeated submissions and all else that expires. The kinds of keys are of the latter.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bench.servers import valkey
from bench.text import sentence
from comments.job_queue import JUDGE
from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import Pseudonyms, digest, new_id
from comments.setting_values import Term
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.values import Admission
from workers.deps import build_deps, set_deps
from workers.jobs import CALLABLES

HELD_WORD, HELD_SHARE = "lantern", 4
SITE = Site(
    "bench",
    "Bench",
    datetime(2026, 1, 1, tzinfo=UTC),
    moderation="suspicious",
    per_minute=0,
    hold_words=(Term(HELD_WORD),),
)
CHARACTERS = 200
#: Comments in a thread of a busy blog, and comments of one author in a week.
PER_THREAD, PER_AUTHOR = 20, 3


def submit(storage: Storage, names: Pseudonyms, n: int) -> None:
    rng = random.Random(1)
    for i in range(n):
        author = i // PER_AUTHOR
        email = f"reader{author}@example.org"
        comment = Comment(
            id=new_id(),
            site=SITE.id,
            thread=f"https://bench.example/2026/11/post-{i // PER_THREAD}",
            received=datetime.now(UTC),
            author=f"Reader {author}",
            email=email,
            content=sentence(rng, CHARACTERS) if i % HELD_SHARE else sentence(rng, CHARACTERS - 8) + HELD_WORD,
            origin=names.origin(f"10.{author >> 16 & 255}.{author >> 8 & 255}.{author & 255}"),
            identity=names.author(email),
            user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        )
        storage.comments.accept(comment, Admission(fingerprint=digest(comment.id), max_pending=n + 1))


def kinds(client: "object", prefix: str) -> Counter[str]:
    """Return the bytes of each kind of key."""
    sizes: Counter[str] = Counter()
    for key in client.scan_iter(count=1000):  # type: ignore[attr-defined]
        kind = re.sub(r"(comment|same|key|rate):.*|thread:[^:]+|window:([^:]+):\d+", r"\1\2 *", key.decode())
        sizes[kind.removeprefix(prefix)] += client.memory_usage(key, samples=0)  # type: ignore[attr-defined]
    return sizes


@dataclass(frozen=True, slots=True)
class CommentMemory:
    """Bytes of a comment: `later` is after the windows."""

    queued: float
    decided: float
    later: float
    kinds: Counter[str]  # of all comments together


def comment_memory(n: int) -> CommentMemory:
    """Accept and judge `n` comments on an empty server."""
    with valkey("no") as started:
        deps = build_deps(replace(started, judge_seconds=600))
        set_deps(deps)
        client = connect(started)
        deps.storage.sites.put(SITE)

        def used() -> int:
            return int(client.info("memory")["used_memory"])

        before = used()
        submit(deps.storage, Pseudonyms(started.secret_key), n)
        queued = used()
        CALLABLES[JUDGE](SITE.id, "")
        events = deps.storage.outbox.read(SITE.id, n)
        deps.storage.outbox.done(SITE.id, [event.id for event in events])
        decided = used()
        check(deps.storage.comments.counters(SITE.id).current, n)
        for key in [key for key in client.scan_iter(count=1000) if client.ttl(key) >= 0]:
            client.delete(key)
        sizes = (queued, decided, used())
        return CommentMemory(*((size - before) / n for size in sizes), kinds(client, "rg:{bench}:"))


def check(by_status: Mapping[Status, int], n: int) -> None:
    """Raises RuntimeError unless all are decided and about a quarter is held."""
    held = by_status.get(Status.HELD, 0) / n
    if by_status.get(Status.QUEUED) or not 0.2 < held < 0.4:
        raise RuntimeError(f"not a quarter is held: {dict(by_status)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=5000)
    n = parser.parse_args().comments
    found = comment_memory(n)
    print(f"queued               {found.queued:7.0f} bytes each")
    print(f"decided              {found.decided:7.0f} bytes each, with all keys")
    print(f"after the windows    {found.later:7.0f} bytes each")
    for kind, size in found.kinds.most_common():
        if size / n >= 1:
            print(f"  {size / n:7.0f}  {kind}")


if __name__ == "__main__":
    main()

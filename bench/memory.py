"""Measure the Redis memory of a decided comment of 200 characters, with all keys that belong to it.

    python -m bench.memory [--comments 5000]

Prints bytes per comment right after the decisions, in total and by kind of key. Rate windows and records of repeated
submissions have not expired yet.
"""

import argparse
import random
import re
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.text import sentence
from comments.job_queue import JUDGE
from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import Pseudonyms, digest, new_id
from comments.settings import Settings
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.values import Admission
from replygate.embedded_valkey import start
from workers.deps import build_deps, set_deps
from workers.jobs import CALLABLES

SITE = Site("bench", "Bench", datetime(2026, 1, 1, tzinfo=UTC), moderation="suspicious", per_minute=0)
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
            content=sentence(rng, CHARACTERS),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=5000)
    n = parser.parse_args().comments
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="no")
        settings = Settings(secret_key="x" * 32, redis_url=server.url, judge_seconds=600)
        deps = build_deps(settings)
        set_deps(deps)
        client = connect(settings)
        deps.storage.sites.put(SITE)
        before = client.info("memory")["used_memory"]
        submit(deps.storage, Pseudonyms(settings.secret_key), n)
        queued = client.info("memory")["used_memory"]
        CALLABLES[JUDGE](SITE.id, "")
        events = deps.storage.outbox.read(SITE.id, n)
        deps.storage.outbox.done(SITE.id, [event.id for event in events])
        after = client.info("memory")["used_memory"]
        by_status = deps.storage.comments.counters(SITE.id).current
        print(f"{n} comments of {CHARACTERS} characters: {dict(by_status)}")
        print(f"queued   {(queued - before) / n:7.0f} bytes each")
        print(f"decided  {(after - before) / n:7.0f} bytes each, with all keys")
        for kind, size in kinds(client, "rg:{bench}:").most_common():
            if size / n >= 1:
                print(f"  {size / n:7.0f}  {kind}")
        assert by_status[Status.QUEUED] == 0, "some comments were not decided"
        server.stop()


if __name__ == "__main__":
    main()

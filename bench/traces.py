"""Measure the author page on a large site. There is no index by author, so the page scans comments.

    python -m bench.traces [--comments 100000]

Prints the time of one scan step for an author without comments (the slowest case), the time to scan the whole site,
and the memory that an index by author and by network would need.
"""

import argparse
import random
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.text import sentence
from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import new_id
from comments.settings import Settings
from comments.storage.codec import dump_state, dump_submission, milliseconds
from comments.storage.keys import Keys
from comments.storage.redis import connect, open_redis
from comments.storage.values import HistoryQuery
from replygate.embedded_valkey import start

SITE = "bench"
PER_AUTHOR = 3


def fill(client: "object", keys: Keys, n: int) -> None:
    """Write records as decide.lua does. They are written directly, because judging them would take minutes."""
    rng, begin = random.Random(1), datetime(2026, 1, 1, tzinfo=UTC)
    texts = [sentence(rng, 200) for _ in range(1000)]
    pipe = client.pipeline(transaction=False)  # type: ignore[attr-defined]
    for i in range(n):
        names = {"identity": f"author-{i // PER_AUTHOR:06}", "origin": f"origin-{i // PER_AUTHOR:06}"}
        plain = Comment(
            new_id(), SITE, f"post-{i // 20}", begin + timedelta(seconds=i), content=texts[i % 1000], **names
        )
        comment = replace(plain, status=Status.APPROVED, version=1)
        pipe.set(keys.comment(SITE, comment.id), dump_state(comment) + dump_submission(comment))
        pipe.zadd(keys.status(SITE, comment.status), {comment.id: milliseconds(comment.received)})
        if i % 5000 == 4999:
            pipe.execute()
    pipe.execute()


def index(client: "object", n: int) -> float:
    """Return the bytes per comment of two sorted sets of ids, one by author and one by network."""
    before = client.info("memory")["used_memory"]  # type: ignore[attr-defined]
    pipe = client.pipeline(transaction=False)  # type: ignore[attr-defined]
    for i in range(n):
        for kind in ("author", "origin"):
            pipe.zadd(f"index:{kind}:{kind}-{i // PER_AUTHOR:06}", {new_id(): 1_767_225_600_000 + i})
    pipe.execute()
    return (client.info("memory")["used_memory"] - before) / n  # type: ignore[attr-defined, no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000)
    n = parser.parse_args().comments
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="no")
        settings = Settings(secret_key="x" * 32, redis_url=server.url, socket_timeout=30)
        client, history = connect(settings), open_redis(settings).author_history
        fill(client, Keys(settings.prefix), n)
        steps, scanned, cursor = [], 0, ""
        while not steps or cursor:
            begin = time.perf_counter()
            found = history.find(SITE, HistoryQuery(identity="nobody"), 20, cursor)
            steps.append(time.perf_counter() - begin)
            scanned, cursor = scanned + found.searched, found.cursor
        begin = time.perf_counter()
        rows = history.find(SITE, HistoryQuery(identity=f"author-{(n - 500) // PER_AUTHOR:06}"), 20).rows
        recent = time.perf_counter() - begin
        assert (scanned, len(rows)) == (n, PER_AUTHOR)
        print(
            f"{n} comments: {len(steps)} steps, the longest {max(steps) * 1000:.0f} ms, all {sum(steps) * 1000:.0f} ms"
        )
        print(f"all comments of a recent author: {recent * 1000:.0f} ms (one step)")
        print(f"an index by author and by network: {index(client, min(n, 30_000)):.0f} bytes per comment")
        server.stop()


if __name__ == "__main__":
    main()

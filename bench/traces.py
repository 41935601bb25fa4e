"""Measure the author page on a large site: by the index of comments, and one by one as while the index is built.

    python -m bench.traces [--comments 100000]

Prints the time of one scan step for an author without comments (the slowest case), the time to scan the whole site,
the time of the page of an author by the index, and the memory of the index.
"""

import argparse
import random
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench.text import sentence
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import new_id
from comments.queue_ranking import index_outdated
from comments.settings import Settings
from comments.storage.codec import dump_state, dump_submission, milliseconds
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect, open_redis
from comments.storage.values import HistoryQuery
from replygate.embedded_valkey import start
from service.review.source_history import linked_networks, others_in_networks, source_history

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
        decision = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", plain.received)
        comment = replace(plain, status=Status.APPROVED, version=1, decisions=(decision,))
        pipe.set(keys.comment(SITE, comment.id), dump_state(comment) + dump_submission(comment))
        pipe.zadd(keys.status(SITE, comment.status), {comment.id: milliseconds(comment.received)})
        if i % 5000 == 4999:
            pipe.execute()
    pipe.execute()


def build_index(storage: Storage) -> None:
    """Index all comments, as the background worker does."""
    while storage.queue_index.continue_upkeep(SITE) or index_outdated(storage, SITE, {}, 500):
        while index_outdated(storage, SITE, {}, 500):
            pass


def page_seconds(storage: Storage, identity: str) -> float:
    """Return the time of all look-ups of an author's page."""
    begin = time.perf_counter()
    found = source_history(storage, SITE, HistoryQuery(identity=identity), {})
    networks = [linked.key for linked in linked_networks(found.recent)]
    others_in_networks(storage, SITE, identity, networks)
    assert found.total == PER_AUTHOR, found.total
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000)
    n = parser.parse_args().comments
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="no")
        settings = Settings(secret_key="x" * 32, redis_url=server.url, socket_timeout=30)
        client, storage = connect(settings), open_redis(settings)
        history = storage.author_history
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
        before = client.info("memory")["used_memory"]
        build_index(storage)
        used = (client.info("memory")["used_memory"] - before) / n
        authors = [f"author-{k * (n - 1) // 10 // PER_AUTHOR:06}" for k in range(1, 10)]
        took = [page_seconds(storage, author) for author in authors]
        print(
            f"the page of an author by the index: median {median(took) * 1000:.0f} ms, worst {max(took) * 1000:.0f} ms"
        )
        print(f"the whole index of comments, which the page shares: {used:.0f} bytes per comment")
        server.stop()


if __name__ == "__main__":
    main()

"""Migrations of the data from one version of its format to the next.

A migration must be safe to repeat: two processes may start at once, and one may be killed in the middle.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import load_comment
from comments.storage.keys import Keys
from comments.storage.people_records import records_of_people, status_by_people
from comments.thread_addresses import thread_key

from .author_history import COMMENTS_PER_READ
from .client import text
from .comments import RedisComments
from .numbers import RedisNumbers
from .retention import RedisRetention
from .sites_and_people import RedisSites
from .thread_indexes import RedisThreadIndexes
from .thread_moves import RedisThreadMoves


def _all_comments(client: Any, keys: Keys, site: str) -> Iterator[Comment]:
    for status in Status:
        ids = [id.decode() for id in client.zrange(keys.status(site, status), 0, -1)]
        for n in range(0, len(ids), COMMENTS_PER_READ):
            some = ids[n : n + COMMENTS_PER_READ]
            records = client.mget([keys.comment(site, id) for id in some])
            yield from [load_comment(site, id, r) for id, r in zip(some, records, strict=True) if r]


def _count_decisions_of_people(client: Any, keys: Keys) -> None:
    """Version 2 counts for each author what people decided. Before, the filters' decisions counted as much."""
    for site in client.hkeys(keys.sites()):
        records: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for comment in _all_comments(client, keys, site.decode()):
            if status := status_by_people(comment):
                records[status].update(records_of_people(comment))
        for status, counts in records.items():
            if counts:
                client.hset(keys.authors(site.decode(), status), mapping=counts)


def _index_threads(client: Any, keys: Keys) -> None:
    """Version 3 replaces the hash of all replies to a thread by a tree of nodes and children.

    Published replies below a comment that was taken down were hidden: they are shown again, below a stub. The old hash
    is deleted last, so a migration that was interrupted continues with the other threads.
    """
    comments = RedisComments(client, keys)
    indexes = RedisThreadIndexes(client, keys, comments)
    pattern = keys.replies_before("*", "*")
    site_of = re.compile(re.escape(pattern).replace(r"\*", "([a-z0-9-]+)", 1).replace(r"\*", ".*"))
    for key in map(text, client.scan_iter(pattern, count=1000)):
        if match := site_of.fullmatch(key):
            site, ids = match[1], [text(id) for id in client.hkeys(key)]
            for thread in {comment.thread for comment in comments.load(site, ids) if comment}:
                indexes.repair(site, thread, ids)
            client.delete(key)


def _normalize_threads(client: Any, keys: Keys) -> None:
    """Version 4 has one thread for all spellings of an address. Before, addresses were compared as text."""
    moves = RedisThreadMoves(client, keys)
    for site in RedisSites(client, keys).all():
        moves.normalize(site.id, partial(thread_key, site=site))


def _count_numbers(client: Any, keys: Keys) -> None:
    """Version 5 counts by hour, day and month. A background job counts the comments of before."""
    numbers = RedisNumbers(client, keys)
    for site in RedisSites(client, keys).all():
        numbers.start_recount(site.id)


def _start_retention(client: Any, keys: Keys) -> None:
    """Version 6 deletes texts and details after a time. For comments of before, that time begins now."""
    retention, now = RedisRetention(client, keys), datetime.now(UTC)
    for site in RedisSites(client, keys).all():
        for status in Status:
            start = 0
            while ids := client.zrange(keys.status(site.id, status), start, start + COMMENTS_PER_READ - 1):
                retention.start(site.id, status, [text(id) for id in ids], now)
                start += len(ids)


#: Version -> migration to the next version.
MIGRATIONS: Mapping[int, Callable[[Any, Keys], None]] = {
    1: _count_decisions_of_people,
    2: _index_threads,
    3: _normalize_threads,
    4: _count_numbers,
    5: _start_retention,
}

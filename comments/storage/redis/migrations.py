"""Migrations of the data from one version of its format to the next.

A migration must be safe to repeat: two processes may start at once, and one may be killed in the middle.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import load_comment
from comments.storage.keys import Keys
from comments.storage.people_records import records_of_people, status_by_people

from .author_history import COMMENTS_PER_READ


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


#: Version -> migration to the next version.
MIGRATIONS: Mapping[int, Callable[[Any, Keys], None]] = {1: _count_decisions_of_people}

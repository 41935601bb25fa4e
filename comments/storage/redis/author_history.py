"""All comments of one author or network, found by searching comments from the newest on.

Bulk actions use this search, because the index of comments lags behind decisions for a moment. So do pages while the
index is being built. It reads a thousand records at once and parses only those that contain the name.
"""

import json
from collections.abc import Sequence
from typing import Any

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import load_comment, moment
from comments.storage.keys import Keys
from comments.storage.values import HistoryPage, HistoryQuery

from .client import Client, guarded, text
from .paging import place

#: Comments read in one command, and searched for one page.
COMMENTS_PER_READ, MAX_SEARCHED_COMMENTS = 1_000, 10_000
DECIDED = tuple(status for status in Status if status is not Status.QUEUED)

Place = tuple[float, str]


@guarded
class RedisAuthorHistory:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def find(self, site: str, query: HistoryQuery, limit: int, cursor: str = "") -> HistoryPage:
        last = place(cursor) if cursor else None
        rows: list[Comment] = []
        searched, needles = 0, _needles(query)
        while searched < MAX_SEARCHED_COMMENTS and needles:
            chunk = self._before(site, last)
            records = self._client.mget([self._keys.comment(site, id) for _, id in chunk]) if chunk else []
            for last, record in zip(chunk, records, strict=True):
                searched += 1
                if record and all(any(needle in record for needle in group) for group in needles):
                    rows.append(load_comment(site, last[1], record))
                if len(rows) == limit:
                    return _found(rows, last, searched)
            if len(chunk) < COMMENTS_PER_READ:
                return HistoryPage(tuple(rows), searched=searched)
        return _found(rows, last, searched)

    def _before(self, site: str, last: Place | None) -> list[Place]:
        """Return the next comments of all statuses by time received, the newest first."""
        keys = [self._keys.status(site, status) for status in DECIDED]
        starts, ties = self._starts(keys, last)
        pipe = self._client.pipeline(transaction=False)
        for key, start in zip(keys, starts, strict=True):
            pipe.zrevrange(key, start, start + ties + COMMENTS_PER_READ - 1, withscores=True)
        places = [(score, text(id)) for found in pipe.execute() for id, score in found]
        return sorted((p for p in places if last is None or p < last), reverse=True)[:COMMENTS_PER_READ]

    def _starts(self, keys: Sequence[str], last: Place | None) -> tuple[list[int], int]:
        """Return the rank in each status at which to go on, and the most comments received in the same ms as `last`."""
        if last is None:
            return [0] * len(keys), 0
        pipe = self._client.pipeline(transaction=False)
        for key in keys:
            pipe.zcount(key, f"({last[0]:.0f}", "+inf")
            pipe.zcount(key, f"{last[0]:.0f}", f"{last[0]:.0f}")
        counts: list[Any] = pipe.execute()
        return counts[::2], max(counts[1::2])


def _needles(query: HistoryQuery) -> list[tuple[bytes, ...]]:
    """Return groups of bytes: every matching record contains one of each group.

    No text can imitate them, because its quotes are escaped.
    """
    named = ((("identity", "user"), query.identity), (("origin", "network_56", "network_48"), query.origin))
    return [
        tuple(f'"{n}":{json.dumps(value, ensure_ascii=False)}'.encode() for n in names)
        for names, value in named
        if value
    ]


def _found(rows: Sequence[Comment], last: Place | None, searched: int) -> HistoryPage:
    if last is None:
        return HistoryPage(tuple(rows))
    return HistoryPage(tuple(rows), f"{last[0]:.0f}.{last[1]}", searched, moment(last[0]))

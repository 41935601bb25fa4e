"""Numbers on Redis: hashes of counters by hour, day and month, and the lists of comments by status."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from comments.counted_events import READER_REPORTS, count_events, hour_of
from comments.lifecycle import Status
from comments.storage.codec import load_comment, milliseconds, moment
from comments.storage.keys import Keys
from comments.storage.number_periods import NumberRange, stored_pages, stored_period

from .client import Client, guarded, keys_from, text
from .number_arguments import NUMBER_CONSTANTS, counts_named, places
from .scripts import Script
from .thread_moves import answering_threads

#: Comments counted again in one step: about 10 ms.
RECOUNT_BATCH = 100
#: Value of the position before the old counters are deleted.
CLEARING = "clear"
#: Threads of a day or month that are summed up: more than a page of numbers shows.
PAGES_READ = 100


@guarded
class RedisNumbers:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._outcomes = Script(client, "numbers/outcomes")
        self._recount = Script(client, "numbers/recount")

    def counts(self, site: str, periods: NumberRange) -> list[Counter[str]]:
        stored = [stored_period(periods.unit, start) for start in periods.starts()]
        counts = {(place.key, place.field): Counter[str]() for place in stored}
        keys = list(dict.fromkeys(place.key for place in stored))
        pipe = self._client.pipeline(transaction=False)
        for key in keys:
            pipe.hgetall(self._keys.numbers(site, key))
        for key, found in zip(keys, pipe.execute(), strict=True):
            for field, n in found.items():
                start, colon, name = text(field).partition(":")
                if (key, start + colon) in counts:
                    counts[key, start + colon][name] = int(n)
        return [counts[place.key, place.field] for place in stored]

    def outcomes(self, site: str, edges: Sequence[datetime]) -> list[Mapping[Status, int]]:
        keys = [self._keys.status(site, status) for status in Status]
        found = self._outcomes(keys, {"edges": [milliseconds(edge) for edge in edges]})
        starts = range(0, len(found), len(keys))
        return [dict(zip(Status, map(int, found[i : i + len(keys)]), strict=True)) for i in starts]

    def pages(self, site: str, periods: NumberRange, n: int) -> list[tuple[str, int]]:
        pipe = self._client.pipeline(transaction=False)
        for start in periods.whole().starts():
            key = self._keys.busy_pages(site, stored_pages(periods.whole().unit, start).key)
            pipe.zrevrange(key, 0, PAGES_READ - 1, withscores=True)
        total: Counter[str] = Counter()
        for rows in pipe.execute():
            total.update({text(thread): int(score) for thread, score in rows})
        threads = list(total)
        moved = answering_threads(self._client, self._keys, site, threads) if threads else []
        merged: Counter[str] = Counter()
        for thread, now in zip(threads, moved, strict=True):
            merged[now] += total[thread]
        return sorted(merged.items(), key=lambda row: (-row[1], row[0]))[:n]

    def held_ages(self, site: str, now: datetime, bounds: Sequence[int]) -> list[int]:
        edges = [milliseconds(now - timedelta(seconds=bound)) for bound in bounds]
        pipe = self._client.pipeline(transaction=False)
        for newest, oldest in pairwise(["+inf", *edges, "-inf"]):
            pipe.zcount(self._keys.status(site, Status.HELD), oldest, newest if newest == "+inf" else f"({newest}")
        return [int(n) for n in pipe.execute()]

    def oldest_held(self, site: str) -> datetime | None:
        first = self._client.zrange(self._keys.status(site, Status.HELD), 0, 0, withscores=True)
        return moment(first[0][1]) if first else None

    def start_recount(self, site: str) -> None:
        self._client.set(self._keys.recount(site), CLEARING)

    def is_recounting(self, site: str) -> bool:
        return bool(self._client.exists(self._keys.recount(site)))

    def recount_some(self, site: str) -> bool:
        stored = self._client.get(self._keys.recount(site))
        if stored is None:
            return False
        position = text(stored)
        if position == CLEARING:
            self._clear(site)
            self._client.set(self._keys.recount(site), "0")
            return True
        following = self._next_position(site, int(position))
        return self._recount_between(site, position, following) != 2

    def _clear(self, site: str) -> None:
        """Delete all counters but those of reports, which do not follow from the records."""
        for key in self._client.scan_iter(keys_from(self._keys.numbers(site, "")), count=1000):
            if b":numbers:pages:" in key:
                self._client.delete(key)
                continue
            fields = [f for f in self._client.hkeys(key) if text(f).partition(":")[2] != READER_REPORTS]
            if fields:
                self._client.hdel(key, *fields)

    def _next_position(self, site: str, position: int) -> int:
        """Return the time (ms) before which about RECOUNT_BATCH more comments were received."""
        pipe = self._client.pipeline(transaction=False)
        for status in Status:
            key = self._keys.status(site, status)
            pipe.zrangebyscore(key, position, "+inf", start=0, num=RECOUNT_BATCH, withscores=True)
        found = pipe.execute()
        ends = [int(rows[-1][1]) for rows in found if len(rows) == RECOUNT_BATCH]
        latest = max((int(rows[-1][1]) for rows in found if rows), default=position)
        return max(min(ends, default=latest + 1), position + 1)

    def _recount_between(self, site: str, position: str, following: int) -> int:
        """Return the answer of the script."""
        status_keys = [self._keys.status(site, status) for status in Status]
        pipe = self._client.pipeline()  # in one step, so that no comment is between two statuses
        for key in status_keys:
            pipe.zrangebyscore(key, position, f"({following}")
        ids = [text(id) for some in pipe.execute() for id in some]
        comment_keys = [self._keys.comment(site, id) for id in ids]
        records = self._client.mget(comment_keys) if ids else []
        found = [(id, record) for id, record in zip(ids, records, strict=True) if record]
        comments = [load_comment(site, id, record) for id, record in found]
        counts: Counter[tuple[int, str]] = Counter()
        for comment in comments:
            counts.update(count_events(comment))
        pages = [(hour_of(c.received), c.thread, 1) for c in comments if c.status is Status.APPROVED and not c.draft_of]
        hours = {hour for hour, _ in counts} | {hour for hour, _, _ in pages}
        named = {
            **NUMBER_CONSTANTS, "prefix": self._keys.numbers(site, ""), "periods": places(hours), "position": position,
            "next": str(following), "n_statuses": len(status_keys), "pages": pages,
            "counts": counts_named(counts),
        }  # fmt: skip
        keys = [self._keys.recount(site), *status_keys, *(self._keys.comment(site, c.id) for c in comments)]
        return int(self._recount(keys, named, *(record.partition(b"\n")[0] + b"\n" for _, record in found)))

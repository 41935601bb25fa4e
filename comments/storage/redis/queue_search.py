"""One query of the index of comments: four or five round trips and no script, so that it costs the server little.

Sets of comments are whole bitmaps: 12.5 KB each for 100,000 comments. Only chunks with matching comments are read any
further.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from heapq import nlargest, nsmallest
from itertools import compress, islice
from math import inf
from operator import and_, or_

from comments.lifecycle import Status
from comments.storage.keys import Keys
from comments.storage.queue_index import (
    ORDER_COLUMNS,
    IndexHit,
    IndexPosition,
    IndexQuery,
    IndexResult,
    facet_limit,
    most_frequent,
)

from .bitmaps import CHUNK, CHUNK_BYTES, Bitmap
from .client import Client, text
from .facet_counts import count_each, count_frequent_values
from .slot_numbers import ChunkSlots, chunk_slots, numbers_of_slots, read_ids
from .slot_terms import Found, queue_terms, taken_terms

#: Words that one prefix can stand for.
PREFIX_MAX = 100
#: Up to this number of hits, facets are counted comment by comment, which includes rare values.
COUNT_EACH_MAX = 250


class Search:
    """One query. Everything that decides which comments match is read in one transaction, except numbers of ranges,
    which never change."""

    def __init__(self, client: Client, keys: Keys, site: str, query: IndexQuery) -> None:
        self._client, self._keys, self._site, self._query = client, keys, site, query
        self._column_name, self._descending = ORDER_COLUMNS[query.order]
        self._chunks, groups = self._expand_all()
        self._parts = chunk_slots(self._chunks, self._read(groups))
        self._read_numbers()
        self._total = sum(part.count for part in self._parts)

    def result(self) -> IndexResult:
        hits, more = self._page() if self._query.limit else ((), False)
        return IndexResult(hits, more, self._total, self._unindexed, self._counts(), dict(self._counts_since()))

    def _expand_all(self) -> tuple[list[int], list[list[str]]]:
        """Return the chunks in order; and the terms of each group, the last of which is `none_of`.

        Each prefix is replaced by the words that have it.
        """
        query, k = self._query, self._keys
        statuses = tuple(f"status:{status}" for status in query.statuses)
        groups = (statuses, *query.all_of, query.none_of)
        pipe = self._client.pipeline(transaction=False)
        pipe.smembers(k.index_chunks(self._site))
        for term in (term for group in groups for term in group if term.endswith("*") and term.startswith("word:")):
            start = term[:-1].removeprefix("word:").encode()
            bounds = (b"[" + start, b"[" + start + b"\xff")
            pipe.zrange(k.index_words(self._site), *bounds, bylex=True, offset=0, num=PREFIX_MAX)
        chunks, *words = pipe.execute()
        remaining = iter(words)
        expanded = [[t for term in group for t in self._expand(term, remaining)] for group in groups]
        return sorted(map(int, chunks)), expanded

    def _expand(self, term: str, words: Iterator[Sequence[bytes]]) -> list[str]:
        if term.endswith("*") and term.startswith("word:"):
            return [f"word:{text(word)}" for word in next(words)]
        return [term]

    def _read(self, groups: Sequence[Sequence[str]]) -> int:
        """Return the slots with the terms of the query, without regard to its ranges."""
        k, site, query = self._keys, self._site, self._query
        terms = list(dict.fromkeys(term for group in groups for term in group))
        pipe = self._client.pipeline()
        for chunk in map(str, self._chunks):
            pipe.get(k.index_live(site, chunk))
        queue_terms(pipe, k, site, terms, self._chunks)
        for status in query.statuses:
            pipe.zcard(k.status(site, status))
        self._queue_exact_counts(pipe)
        replies = iter(pipe.execute())
        bitmap = Bitmap(len(self._chunks) * CHUNK_BYTES)
        live = bitmap.of([next(replies) for _ in self._chunks])
        found = taken_terms(terms, self._chunks, replies)
        slots = {term: _slots_with(bitmap, found[term]) for term in terms}
        stored = sum(next(replies) for _ in query.statuses)
        in_status, *all_of, none_of = [reduce(or_, (slots[term] for term in group), 0) for group in groups]
        self._unindexed = max(0, stored - (live & in_status).bit_count())
        self._exact_counts = self._taken_exact_counts(replies)
        return reduce(and_, all_of, live & in_status & ~none_of)

    def _queue_exact_counts(self, pipe: Client) -> None:
        """Read the counts of all held comments, which every update keeps, for a query without filters."""
        query, k = self._query, self._keys
        is_plain = not (query.all_of or query.none_of or query.ranges)
        self._counted = query.facets if is_plain and query.statuses == (Status.HELD,) else ()
        if self._counted:
            pipe.scard(k.index_outdated(self._site))
            pipe.hget(k.index_state(self._site), "pass")
        for kind in self._counted:
            key = k.index_facet(self._site, Status.HELD, kind)
            pipe.zrange(key, 0, facet_limit(kind) - 1, desc=True, withscores=True)

    def _taken_exact_counts(self, replies: Iterator[object]) -> Mapping[str, Mapping[str, int]] | None:
        """Return these counts if no entry is outdated or waits to be counted again, otherwise None."""
        if not self._counted or next(replies) or next(replies) != b"done":
            return None
        return {
            kind: {text(value): int(n) for value, n in rows}  # type: ignore[attr-defined]
            for kind, rows in zip(self._counted, replies, strict=True)
        }

    def _read_numbers(self) -> None:
        """Read the numbers of the matching slots, and drop those outside a range."""
        query, order = self._query, [self._column_name] if self._query.limit else []
        names = [*order, *(name for name, *_ in query.ranges), *(name for name, _ in query.since)]
        numbers = numbers_of_slots(self._client, self._keys, self._site, self._parts, names)
        places = [place for part in self._parts for place in part.places] if names else []
        for name, first, end in query.ranges:
            column = numbers[name]
            inside = bytes(map(and_, map(float(first).__le__, column), map(float(end).__gt__, column)))
            numbers = {other: array(column.typecode, compress(column, inside)) for other, column in numbers.items()}
            places = list(compress(places, inside))
        if query.ranges:
            self._parts = list(self._parts_at(places))
        self._numbers, self._places = numbers, places

    def _parts_at(self, places: Sequence[int]) -> Iterator[ChunkSlots]:
        """Return the slots at `places`, which are in order, of each chunk that has any."""
        for part in self._parts:
            first = part.n * CHUNK
            start, end = bisect_left(places, first), bisect_left(places, first + CHUNK)
            if start < end:
                yield part.only(at % CHUNK for at in places[start:end])

    def _page(self) -> tuple[tuple[IndexHit, ...], bool]:
        """Return the hits of one page, and True if there are more. Equal numbers go by slot, in every order."""
        limit = self._query.limit
        found = self._first(limit + 1)
        slots = [(self._chunks[place // CHUNK], place % CHUNK) for place, _ in found[:limit]]
        ids = read_ids(self._client, self._keys, self._site, slots)
        hits = []
        for (chunk, offset), (_, number), stored in zip(slots, found, ids, strict=False):
            if stored:
                key = int(number)
                position = IndexPosition(-key if self._descending else key, chunk * CHUNK + offset)
                hits.append(IndexHit(*stored, position))
        return tuple(hits), len(found) > limit

    def _place(self, slot: int) -> int:
        """The last place of a slot up to `slot` among the chunks of this query; -1 if it is before all."""
        earlier = bisect_right(self._chunks, slot // CHUNK) - 1
        if earlier < 0:
            return -1
        return earlier * CHUNK + (slot % CHUNK if self._chunks[earlier] == slot // CHUNK else CHUNK - 1)

    def _first(self, n: int) -> list[tuple[int, float]]:
        """Return the first `n` matching places after the page before, in order, each with its number.

        It selects numbers first, and then the few places that have them. For 100,000 comments that is twice as fast as
        sorting places.
        """
        descending, last, numbers = self._descending, self._query.after, self._numbers[self._column_name]
        start = float(-last.key if descending else last.key) if last else (inf if descending else -inf)
        last_place = self._place(last.slot) if last else -1
        rest = filter(start.__ge__ if descending else start.__le__, numbers) if last else numbers
        # The page before may have ended among equal numbers, all of which are in `rest` again.
        before = numbers[: bisect_right(self._places, last_place)].count(start) if last else 0
        keys = (nlargest if descending else nsmallest)(n + before, rest)
        better = set(keys) - set(keys[-1:])
        found = compress(zip(self._places, numbers, strict=True), map(better.__contains__, numbers)) if better else ()
        rows = [(at, number) for at, number in found if number != start or at > last_place]
        rows.sort(key=lambda row: (-row[1] if descending else row[1], row[0]))
        return [*rows, *islice(self._with_number(keys[-1:], start, last_place), n - len(rows))]

    def _with_number(self, last_keys: Sequence[float], start: float, last_place: int) -> Iterator[tuple[int, float]]:
        """The places with the last number of a page, in order. Very many may have it, such as after an import."""
        numbers = self._numbers[self._column_name]
        for number in last_keys:
            at = bisect_right(self._places, last_place) if number == start else 0
            with suppress(ValueError):  # there is no further one
                while True:
                    at = numbers.index(number, at) + 1
                    yield self._places[at - 1], number

    def _counts_since(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for name, limits in self._query.since:
            recent: Iterable[float] = self._numbers[name]
            counts = {}
            for limit in sorted(limits):
                recent = list(filter(float(limit).__le__, recent))
                counts[limit] = len(recent)
            yield name, tuple(counts[limit] for limit in limits)

    def _counts(self) -> dict[str, dict[str, int]]:
        """Return the most frequent values of each kind among the matching comments."""
        if not self._query.facets:
            return {}
        found = self._exact_counts
        if found is None:
            count = count_each if self._total <= COUNT_EACH_MAX else count_frequent_values
            found = count(self._client, self._keys, self._site, self._query, self._parts)
        return {kind: most_frequent(kind, found[kind]) for kind in self._query.facets}


def _slots_with(bitmap: Bitmap, chunks: Found) -> int:
    lists = [(n, packed) for n, (packed, _) in enumerate(chunks) if packed]
    slots = bitmap.of_lists(lists) if lists else 0
    return slots | bitmap.of([bits for _, bits in chunks]) if any(bits for _, bits in chunks) else slots

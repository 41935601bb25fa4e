"""One query of the index of comments: three or four round trips and no script, so that it costs the server little.

Sets of comments are whole bitmaps: 12.5 KB each for 100,000 comments. Values of facets are counted comment by comment
for few hits. For many hits the bitmaps of the values that are frequent in these statuses are compared.
"""

import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from heapq import nlargest, nsmallest
from itertools import compress
from math import inf
from operator import and_, or_

from comments.index_terms import facet_terms
from comments.storage.codec import load_comment
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

from .bitmaps import CHUNK, CHUNK_BYTES, Bitmap, little_endian
from .client import Client, text

#: Words that one prefix can stand for.
PREFIX_MAX = 100
#: Up to this number of hits, facets are counted comment by comment, which includes rare values.
COUNT_EACH_MAX = 250
#: Column -> format of one slot in `struct`, and little-endian. Points are thousandths, exact up to 16 million.
COLUMN_FORMATS: Mapping[str, str] = {"rank": "<d", "received": "<d", "decided": "<d", "points": "<f"}
#: Id and version of the comment of a slot.
ID_FORMAT = "<40sI"
ID_SIZE = struct.calcsize(ID_FORMAT)

#: Slots with a term in each chunk: a list, or b"" with a bitmap, or None; then the bitmap or None.
Found = Sequence[tuple[bytes | None, bytes | None]]


class Search:
    """One query. Everything that decides which comments match is read in one transaction."""

    def __init__(self, client: Client, keys: Keys, site: str, query: IndexQuery) -> None:
        self._client, self._keys, self._site, self._query = client, keys, site, query
        self._column_name, self._descending = ORDER_COLUMNS[query.order]
        self._chunks, groups = self._expand_all()
        self._read(groups)

    def result(self) -> IndexResult:
        matching = self._matching
        self._chosen = self._bitmap.chosen(matching)
        hits, more = self._page()
        return IndexResult(
            hits, more, matching.bit_count(), self._unindexed, self._counts(), dict(self._counts_since())
        )

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

    def _read(self, groups: Sequence[Sequence[str]]) -> None:
        k, site, query = self._keys, self._site, self._query
        names = [self._column_name, *(name for name, *_ in query.ranges), *(name for name, _ in query.since)]
        packed: dict[str, list[bytes]] = {name: [] for name in names}
        terms = list(dict.fromkeys(term for group in groups for term in group))
        pipe = self._client.pipeline()
        for chunk in map(str, self._chunks):
            pipe.get(k.index_live(site, chunk))
            for name in packed:
                pipe.get(k.index_column(site, chunk, name))
        self._queue_terms(pipe, terms)
        for status in query.statuses:
            pipe.zcard(k.status(site, status))
        replies = iter(pipe.execute())
        lives = []
        for _ in self._chunks:
            lives.append(next(replies))
            for name in packed:
                packed[name].append(next(replies) or b"")
        self._bitmap = Bitmap((len(lives) - 1) * CHUNK_BYTES + len(lives[-1] or b"") if lives else 0)
        self._columns = {name: self._column(name, chunks) for name, chunks in packed.items()}
        slots = self._slots_with(terms, self._take_terms(terms, replies))
        live = self._bitmap.of(lives)
        in_status, *all_of, none_of = [reduce(or_, (slots[term] for term in group), 0) for group in groups]
        self._matching = reduce(and_, [*all_of, *self._in_ranges()], live & in_status & ~none_of)
        self._unindexed = max(0, sum(replies) - (live & in_status).bit_count())

    def _column(self, name: str, chunks: Sequence[bytes]) -> "array[float]":
        """Join the parts of a column; a slot without a number has 0."""
        format = COLUMN_FORMATS[name]
        full = CHUNK * struct.calcsize(format)
        whole = b"".join(part.ljust(full, b"\0") for part in chunks)
        return little_endian(format[-1], whole[: self._bitmap.size * 8 * struct.calcsize(format)])

    def _in_ranges(self) -> Iterator[int]:
        """The slots within each range."""
        for name, first, end in self._query.ranges:
            numbers = self._columns[name]
            yield self._bitmap.of_truths(map(and_, map(float(first).__le__, numbers), map(float(end).__gt__, numbers)))

    def _queue_terms(self, pipe: Client, terms: Sequence[str]) -> None:
        """Read all lists and all bitmaps of a chunk with one command each: commands cost more than data."""
        if not terms:
            return
        for chunk in map(str, self._chunks):
            pipe.hmget(self._keys.index_terms(self._site, chunk), terms)
            pipe.mget([self._keys.index_bitmap(self._site, chunk, term) for term in terms])

    def _take_terms(self, terms: Sequence[str], replies: Iterator[Sequence[bytes | None]]) -> dict[str, Found]:
        pairs = [list(zip(next(replies), next(replies), strict=True)) for _ in self._chunks if terms]
        return {term: [of_chunk[n] for of_chunk in pairs] for n, term in enumerate(terms)}

    def _slots_with(self, terms: Sequence[str], found: Mapping[str, Found]) -> dict[str, int]:
        slots = {}
        for term in terms:
            chunks = found[term]
            lists = [(n, packed) for n, (packed, _) in enumerate(chunks) if packed]
            slots[term] = self._bitmap.of_lists(lists) if lists else 0
            if any(bits for _, bits in chunks):
                slots[term] |= self._bitmap.of([bits for _, bits in chunks])
        return slots

    def _page(self) -> tuple[tuple[IndexHit, ...], bool]:
        """Return the hits of one page, and True if there are more. Equal numbers go by slot, in every order."""
        limit, numbers = self._query.limit, self._columns[self._column_name]
        found = self._first(numbers, limit + 1)
        places = found[:limit]
        hits = []
        for at, (id, version) in zip(places, self._ids(places), strict=True):
            key = int(numbers[at])
            hits.append(IndexHit(id, version, IndexPosition(-key if self._descending else key, self._slot(at))))
        return tuple(hits), len(found) > limit

    def _slot(self, place: int) -> int:
        """The number of the slot at a place among the chunks of this query."""
        return self._chunks[place // CHUNK] * CHUNK + place % CHUNK

    def _place(self, slot: int) -> int:
        """The last place of a slot up to `slot`; -1 if it is before all."""
        earlier = [n for n, chunk in enumerate(self._chunks) if chunk <= slot // CHUNK]
        if not earlier:
            return -1
        n = earlier[-1]
        return n * CHUNK + (slot % CHUNK if self._chunks[n] == slot // CHUNK else CHUNK - 1)

    def _ids(self, places: Iterable[int]) -> list[tuple[str, int]]:
        """Read the id and the version of each entry."""
        pipe = self._client.pipeline(transaction=False)
        for at in places:
            start, chunk = at % CHUNK * ID_SIZE, str(self._chunks[at // CHUNK])
            pipe.getrange(self._keys.index_column(self._site, chunk, "ids"), start, start + ID_SIZE - 1)
        records = [struct.unpack(ID_FORMAT, record) for record in pipe.execute() if record]
        return [(text(id.rstrip(b"\0")), version) for id, version in records]

    def _first(self, numbers: "array[float]", n: int) -> list[int]:
        """Return the first `n` places after the page before, in order.

        It selects numbers first, and then the few places that have them. For 100,000 comments that is twice as fast as
        sorting places.
        """
        descending, last, chosen = self._descending, self._query.after, self._chosen
        start = float(-last.key if descending else last.key) if last else (inf if descending else -inf)
        last_place = self._place(last.slot) if last else -1
        rest = filter(start.__ge__ if descending else start.__le__, compress(numbers, chosen))
        # The page before may have ended among equal numbers, all of which are in `rest` again.
        keys = (nlargest if descending else nsmallest)(n + numbers[: last_place + 1].count(start), rest)
        places = compress(range(len(numbers)), map(set(keys).__contains__, numbers))
        after = [s for s in places if chosen[s] and (numbers[s] != start or s > last_place)]
        return sorted(after, key=lambda s: (-numbers[s] if descending else numbers[s], s))[:n]

    def _counts_since(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for name, limits in self._query.since:
            recent = list(filter(float(min(limits)).__le__, compress(self._columns[name], self._chosen)))
            yield name, tuple(sum(map(float(limit).__le__, recent)) for limit in limits)

    def _counts(self) -> dict[str, dict[str, int]]:
        """Return the most frequent values of each kind among the matching comments."""
        if not self._query.facets:
            return {}
        found = self._count_each() if self._matching.bit_count() <= COUNT_EACH_MAX else self._compare_bitmaps()
        return {kind: most_frequent(kind, found[kind]) for kind in self._query.facets}

    def _compare_bitmaps(self) -> dict[str, dict[str, int]]:
        """Count only the values that are frequent among the comments of these statuses."""
        query = self._query
        pipe = self._client.pipeline(transaction=False)
        for kind in query.facets:
            for status in query.statuses:
                pipe.zrange(self._keys.index_facet(self._site, status, kind), 0, facet_limit(kind) - 1, desc=True)
        replies = iter(pipe.execute())
        values = {kind: dict.fromkeys(text(v) for _ in query.statuses for v in next(replies)) for kind in query.facets}
        terms = [f"{kind}:{value}" for kind in values for value in values[kind]]
        pipe = self._client.pipeline(transaction=False)
        self._queue_terms(pipe, terms)
        slots = self._slots_with(terms, self._take_terms(terms, iter(pipe.execute())))
        return {
            kind: {value: (slots[f"{kind}:{value}"] & self._matching).bit_count() for value in values[kind]}
            for kind in values
        }

    def _count_each(self) -> dict[str, Counter[str]]:
        """Count all values of the matching comments."""
        ids = [id for id, _ in self._ids(compress(range(len(self._chosen)), self._chosen))]
        records = self._client.mget([self._keys.comment(self._site, id) for id in ids]) if ids else []
        found: dict[str, Counter[str]] = {kind: Counter() for kind in self._query.facets}
        for id, record in zip(ids, records, strict=True):
            for term in facet_terms(load_comment(self._site, id, record)) if record else ():
                kind, _, value = term.partition(":")
                if kind in found:
                    found[kind][value] += 1
        return found

"""The index of held comments on Redis: for every term, one bit for each comment.

A query takes three round trips and no script, so that it costs the server very little. Sets of comments are whole
bitmaps: 12.5 KB each for 100,000 held comments. Every update counts the comments with each value. Bitmaps are compared
for that only if a query narrows the queue and still finds many comments.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from heapq import nlargest, nsmallest
from itertools import chain, compress, islice
from math import inf
from operator import and_
from typing import Any

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import dump_state
from comments.storage.keys import Keys
from comments.storage.queue_index import IndexEntry, IndexHit, IndexPosition, IndexQuery, IndexResult, facet_limit

from .bitmaps import Bitmap, column
from .client import Client, guarded, text
from .scripts import Script

#: Words that one prefix can stand for.
PREFIX_MAX = 100
#: Up to this number of hits, facets are counted hit by hit, which includes rare values.
COUNT_EACH_MAX = 400
#: The column of each order, and True to begin with its largest number.
ORDER_COLUMNS: Mapping[str, tuple[str, bool]] = {
    "useful": ("rank", False),
    "oldest": ("received", False),
    "newest": ("received", True),
    "points": ("points", True),
}
COLUMNS = ("rank", "received", "points")
#: From this number of comments on, the bitmap of a term is smaller than a set of slots.
SET_MAX = 512


@guarded
class RedisQueueIndex:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._update = Script(client, "review/index_update")

    def outdated(self, site: str, n: int) -> list[str]:
        return [text(id) for id in self._client.srandmember(self._keys.index_outdated(site), n)]

    def update(self, site: str, rows: Sequence[tuple[Comment, IndexEntry | None]]) -> None:
        pipe = self._client.pipeline(transaction=False)
        k = self._keys
        shared = [
            k.index_outdated(site), k.index_held(site), k.index_slots(site), k.index_rows(site, "rows"),
            k.index_rows(site, "terms"), k.index_free_slots(site), k.index_words(site),
            *(k.index_column(site, name) for name in COLUMNS),
        ]  # fmt: skip
        prefixes = {
            "set_prefix": k.index_term(site, "few", ""),
            "bitmap_prefix": k.index_term(site, "many", ""),
            "top_prefix": k.index_facet(site, ""),
            "set_max": SET_MAX,
        }
        for comment, entry in rows:
            named: dict[str, Any] = {"id": comment.id, **prefixes}
            if entry:
                columns = [getattr(entry, name) for name in COLUMNS]
                named |= {"held": True, "version": entry.version, "columns": columns, "terms": entry.terms}
            self._update([k.comment(site, comment.id), *shared], named, dump_state(comment), client=pipe)
        pipe.execute()

    def discard(self, site: str, ids: Sequence[str]) -> None:
        if ids:
            self._client.srem(self._keys.index_outdated(site), *ids)

    def find(self, site: str, query: IndexQuery) -> IndexResult:
        search = _Search(self._client, self._keys, site, query)
        matching = search.matching
        hits, more = search.page(matching)
        return IndexResult(hits, more, matching.bit_count(), search.unindexed, search.counts(matching))


class _Search:
    """One query. Everything that decides which comments match is read in one transaction."""

    def __init__(self, client: Client, keys: Keys, site: str, query: IndexQuery) -> None:
        self._client, self._keys, self._site, self._query = client, keys, site, query
        self._column_name, self._descending = ORDER_COLUMNS[query.order]
        groups = [self._expand(group) for group in (*query.all_of, query.none_of)]
        counted: dict[str, list[str]] = {}
        for kind, _, value in (term.partition(":") for term in query.counted):
            counted.setdefault(kind, []).append(value)
        pipe = client.pipeline()
        pipe.get(keys.index_held(site))
        pipe.hlen(keys.index_slots(site))
        pipe.zcard(keys.status(site, Status.HELD))
        pipe.get(keys.index_column(site, self._column_name))
        for kind in query.facets:
            pipe.zrange(keys.index_facet(site, kind), 0, facet_limit(kind) - 1, desc=True, withscores=True)
        for kind, values in counted.items():
            pipe.zmscore(keys.index_facet(site, kind), values)
        self._queue_terms(pipe, groups)
        held, self._n_indexed, n_held, numbers, *found = pipe.execute()
        self._bitmap = Bitmap(len(held or b""))
        self._held = self._bitmap.of(held)
        self._numbers = column(numbers or b"")
        self.unindexed = max(0, n_held - self._held.bit_count())
        #: Kind -> value -> held comments with it: the most frequent values, and those of the query.
        self._values: dict[str, dict[str, int]] = {}
        for kind in query.facets:
            self._values[kind] = {text(value): int(n) for value, n in found.pop(0)}
        for kind, values in counted.items():
            numbers_of = {v: int(n) for v, n in zip(values, found.pop(0), strict=True) if n}
            self._values[kind] = self._values.get(kind, {}) | numbers_of
        *all_of, none_of = self._slots_with(groups, found)
        self.matching = reduce(and_, all_of, self._held & ~none_of)

    def _expand(self, group: Sequence[str]) -> list[str]:
        """Replace each prefix of a group by the words that have it. "" stands for a group without terms."""
        terms: list[str] = []
        for term in group:
            if term.endswith("*"):
                start = term[:-1].removeprefix("word:").encode()
                key, bounds = self._keys.index_words(self._site), (b"[" + start, b"[" + start + b"\xff")
                words = self._client.zrange(key, *bounds, bylex=True, offset=0, num=PREFIX_MAX)
                terms += [f"word:{text(word)}" for word in words]
            else:
                terms.append(term)
        return terms or [""]

    def _queue_terms(self, pipe: Client, groups: Sequence[Sequence[str]]) -> None:
        """Read all sets of a group with one command, and all bitmaps with one: commands cost more than data."""
        for group in groups:
            pipe.sunion([self._keys.index_term(self._site, "few", term) for term in group])
        pipe.mget([self._keys.index_term(self._site, "many", term) for term in chain(*groups)])

    def _slots_with(self, groups: Sequence[Sequence[str]], replies: Sequence[Any]) -> list[int]:
        """Return for each group the slots that have one of its terms."""
        *sets, bitmaps = replies
        remaining = iter(bitmaps)
        found = []
        for slots, group in zip(sets, groups, strict=True):
            either = self._bitmap.holding(map(int, slots)) if slots else 0
            for bitmap in filter(None, list(islice(remaining, len(group)))):
                either |= self._bitmap.of(bitmap)
            found.append(either)
        return found

    def page(self, matching: int) -> tuple[tuple[IndexHit, ...], bool]:
        """Return the hits of one page, and True if there are more. Equal numbers go by slot, in every order."""
        limit = self._query.limit
        chosen = self._first(self._bitmap.chosen(matching), limit + 1)
        slots = chosen[:limit]
        rows = self._client.hmget(self._keys.index_rows(self._site, "rows"), slots) if slots else []
        hits = []
        for slot, row in zip(slots, rows, strict=True):
            if row:
                id, _, version = text(row).partition(" ")
                key = int(self._numbers[slot])
                hits.append(IndexHit(id, int(version), IndexPosition(-key if self._descending else key, slot)))
        return tuple(hits), len(chosen) > limit

    def _first(self, chosen: bytes, n: int) -> list[int]:
        """Return the first `n` slots after the page before, in order.

        It selects numbers first, and then the few slots that have them. For 100,000 comments that is twice as fast as
        sorting slots.
        """
        numbers, descending, last = self._numbers, self._descending, self._query.after
        start = float(-last.key if descending else last.key) if last else (inf if descending else -inf)
        last_slot = last.slot if last else -1
        rest = filter(start.__ge__ if descending else start.__le__, compress(numbers, chosen))
        # The page before may have ended among equal numbers, all of which are in `rest` again.
        keys = (nlargest if descending else nsmallest)(n + numbers[: last_slot + 1].count(start), rest)
        slots = compress(range(len(numbers)), map(set(keys).__contains__, numbers))
        after = [s for s in slots if chosen[s] and (numbers[s] != start or s > last_slot)]
        return sorted(after, key=lambda s: (-numbers[s] if descending else numbers[s], s))[:n]

    def counts(self, matching: int) -> dict[str, dict[str, int]]:
        """Return the most frequent values of each kind among the matching comments."""
        if matching == self._held and matching.bit_count() == self._n_indexed:
            found: Mapping[str, Mapping[str, int]] = self._values
        elif matching.bit_count() <= COUNT_EACH_MAX:
            found = self._count_each(list(compress(range(len(self._numbers)), self._bitmap.chosen(matching))))
        else:
            found = self._compare_bitmaps(matching)
        return {kind: _most_frequent(kind, values) for kind, values in found.items()}

    def _compare_bitmaps(self, matching: int) -> dict[str, dict[str, int]]:
        """Count only the values that are frequent among all held comments."""
        terms = [(f"{kind}:{value}",) for kind, values in self._values.items() for value in values]
        pipe = self._client.pipeline()
        self._queue_terms(pipe, terms)
        counted = iter([(slots & matching).bit_count() for slots in self._slots_with(terms, pipe.execute())])
        return {kind: dict(zip(values, counted, strict=False)) for kind, values in self._values.items()}

    def _count_each(self, slots: list[int]) -> dict[str, Counter[str]]:
        """Count all values of the comments in these slots."""
        rows = self._client.hmget(self._keys.index_rows(self._site, "terms"), slots) if slots else []
        found: dict[str, Counter[str]] = {kind: Counter() for kind in self._values}
        for row in rows:
            for term in text(row.partition(b"\nword:")[0]).split("\n") if row else ():  # words come last
                kind, _, value = term.partition(":")
                if kind in self._query.facets or term in self._query.counted:
                    found[kind][value] += 1
        return found


def _most_frequent(kind: str, values: Mapping[str, int]) -> dict[str, int]:
    some = [(value, n) for value, n in values.items() if n]
    return dict(sorted(some, key=lambda c: (-c[1], c[0]))[: facet_limit(kind)])

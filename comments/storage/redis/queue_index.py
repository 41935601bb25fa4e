"""The index of held comments on Redis: a bit a comment for every term, put together here.

Reading takes three round trips and no script, so that looking around costs the server next to nothing; every step of
the comparing is on whole bitmaps, of 12.5 KB each when 100,000 comments are held. How many have each value is counted
with every filing; bitmaps are compared for it only where a view is narrowed, and still shows many.
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

#: Words that a beginning may stand for.
MOST_WORDS = 100
#: Comments up to which the values of facets are counted one by one: then also the rare ones are seen.
FEW = 400
#: Which column an order goes by, and whether from its largest number down.
ORDERS: Mapping[str, tuple[str, bool]] = {
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

    def find(self, site: str, sought: IndexQuery) -> IndexResult:
        view = _View(self._client, self._keys, site, sought)
        bits = view.matching()
        spots, more = view.page(bits)
        return IndexResult(spots, more, bits.bit_count(), view.unfiled, view.counts(bits))


class _View:
    """One look at a site's index: all that says which comments are meant is read together, in one transaction."""

    def __init__(self, client: Client, keys: Keys, site: str, sought: IndexQuery) -> None:
        self._client, self._keys, self._site, self._sought = client, keys, site, sought
        self._column, self._down = ORDERS[sought.order]
        self._counted = _by_kind(sought.counted)
        self._read([self._spelt_out(group) for group in (*sought.all_of, sought.none_of)])

    def _spelt_out(self, group: Sequence[str]) -> list[str]:
        """The group with each beginning replaced by the words that begin so; of none of them the term nobody has."""
        return [t for given in group for t in (self._beginning(given) if given.endswith("*") else [given])] or [""]

    def _beginning(self, given: str) -> list[str]:
        start = given[:-1].removeprefix("word:").encode()
        key = self._keys.index_words(self._site)
        found = self._client.zrange(key, b"[" + start, b"[" + start + b"\xff", bylex=True, offset=0, num=MOST_WORDS)
        return [f"word:{text(word)}" for word in found]

    def _read(self, groups: Sequence[Sequence[str]]) -> None:
        k, site = self._keys, self._site
        pipe = self._client.pipeline()
        pipe.get(k.index_held(site))
        pipe.hlen(k.index_slots(site))
        pipe.zcard(k.status(site, Status.HELD))
        pipe.get(k.index_column(site, self._column))
        for kind in self._sought.facets:
            pipe.zrange(k.index_facet(site, kind), 0, facet_limit(kind) - 1, desc=True, withscores=True)
        for kind, values in self._counted.items():
            pipe.zmscore(k.index_facet(site, kind), values)
        self._ask(pipe, groups)
        here, self._filed, standing, order, *found = pipe.execute()
        self._bitmap = Bitmap(len(here or b""))
        self._here = self._bitmap.of(here)
        self._order = column(order or b"")
        self.unfiled = max(0, standing - self._here.bit_count())
        kinds = len(self._sought.facets) + len(self._counted)
        self._top = self._tops(found[:kinds])
        *self._all_of, self._none_of = self._bits(groups, found[kinds:])

    def _tops(self, found: Sequence[Any]) -> dict[str, dict[str, int]]:
        """The values of each kind that most held comments have, and those asked for by name; how many have each."""
        tops = {
            kind: {text(value): int(n) for value, n in values}
            for kind, values in zip(self._sought.facets, found, strict=False)
        }
        named = zip(self._counted.items(), found[len(tops) :], strict=True)
        for (kind, values), scores in named:
            tops.setdefault(kind, {}).update({v: int(n) for v, n in zip(values, scores, strict=True) if n})
        return tops

    def _ask(self, pipe: Client, groups: Sequence[Sequence[str]]) -> None:
        """A command a group, and one for all bitmaps: commands cost more than what they bring."""
        for group in groups:
            pipe.sunion([self._term("few", term) for term in group])
        pipe.mget([self._term("many", term) for term in chain(*groups)])

    def _term(self, form: str, term: str) -> str:
        return self._keys.index_term(self._site, form, term)

    def _bits(self, groups: Sequence[Sequence[str]], found: Sequence[Any]) -> list[int]:
        """Which slots have one term of each group."""
        *few, many = found
        bitmaps = iter(many)
        return [
            self._either(slots, list(islice(bitmaps, len(group)))) for slots, group in zip(few, groups, strict=True)
        ]

    def _either(self, slots: set[bytes], bitmaps: Sequence[bytes | None]) -> int:
        either = self._bitmap.holding(map(int, slots)) if slots else 0
        for bitmap in filter(None, bitmaps):
            either |= self._bitmap.of(bitmap)
        return either

    def matching(self) -> int:
        return reduce(and_, self._all_of, self._here & ~self._none_of)

    def page(self, bits: int) -> tuple[tuple[IndexHit, ...], bool]:
        """The spots of one page, and whether there are more. Equal numbers go by slot, in every order."""
        limit = self._sought.limit
        chosen = self._first(self._bitmap.chosen(bits), limit + 1)
        slots = chosen[:limit]
        rows = self._client.hmget(self._keys.index_rows(self._site, "rows"), slots) if slots else []
        found = (self._spot(slot, row) for slot, row in zip(slots, rows, strict=True) if row)
        return tuple(found), len(chosen) > limit

    def _first(self, chosen: bytes, n: int) -> list[int]:
        """The first `n` slots behind the page before, in order.

        The numbers come first, then the few slots that have them: of 100,000 that is twice as fast as ordering slots.
        """
        numbers, down, place = self._order, self._down, self._sought.after
        start, last = (float(-place.key if down else place.key), place.slot) if place else (inf if down else -inf, -1)
        there = filter(start.__ge__ if down else start.__le__, compress(numbers, chosen))
        # The page before may have ended among equal numbers, and all of them are there again.
        keys = (nlargest if down else nsmallest)(n + numbers[: last + 1].count(start), there)
        slots = compress(range(len(numbers)), map(set(keys).__contains__, numbers))
        behind = [s for s in slots if chosen[s] and (numbers[s] != start or s > last)]
        return sorted(behind, key=lambda s: (-numbers[s] if down else numbers[s], s))[:n]

    def _spot(self, slot: int, row: bytes) -> IndexHit:
        id, _, version = text(row).partition(" ")
        key = int(self._order[slot])
        return IndexHit(id, int(version), IndexPosition(-key if self._down else key, slot))

    def counts(self, bits: int) -> dict[str, dict[str, int]]:
        if bits == self._here and bits.bit_count() == self._filed:
            return {kind: _most(kind, values) for kind, values in self._top.items()}
        if bits.bit_count() <= FEW:
            return self._one_by_one(list(compress(range(len(self._order)), self._bitmap.chosen(bits))))
        return self._compared(bits)

    def _compared(self, bits: int) -> dict[str, dict[str, int]]:
        """Of the values that most held comments have, how many have them here."""
        terms = [(f"{kind}:{value}",) for kind, values in self._top.items() for value in values]
        pipe = self._client.pipeline()
        self._ask(pipe, terms)
        counted = iter([(having & bits).bit_count() for having in self._bits(terms, pipe.execute())])
        return {kind: _most(kind, dict(zip(values, counted, strict=False))) for kind, values in self._top.items()}

    def _one_by_one(self, slots: list[int]) -> dict[str, dict[str, int]]:
        """Also values that are rare among all."""
        rows = self._client.hmget(self._keys.index_rows(self._site, "terms"), slots) if slots else []
        found: dict[str, Counter[str]] = {kind: Counter() for kind in self._top}
        for row in rows:
            for term in text(row.partition(b"\nword:")[0]).split("\n") if row else ():  # words are most, and last
                kind, _, value = term.partition(":")
                if kind in self._sought.facets or term in self._sought.counted:
                    found[kind][value] += 1
        return {kind: _most(kind, values) for kind, values in found.items()}


def _by_kind(terms: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, _, value in (term.partition(":") for term in terms):
        found.setdefault(kind, []).append(value)
    return found


def _most(kind: str, values: Mapping[str, int]) -> dict[str, int]:
    some = [(value, n) for value, n in values.items() if n]
    return dict(sorted(some, key=lambda c: (-c[1], c[0]))[: facet_limit(kind)])

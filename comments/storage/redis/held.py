"""The index of held comments on Redis: a bit a comment for every term, put together here.

Reading takes three round trips and no script, so that looking around costs the server next to nothing; every step of
the comparing is on whole bitmaps, of 12.5 KB each when 100,000 comments are held.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nlargest, nsmallest
from itertools import chain

from ...lifecycle import Status
from ...model import Comment
from ..codec import dump_state
from ..held import FACETS_AT_MOST, Filed, Hits, Place, Sought, Spot
from ..keys import Keys
from .bits import Bitmap, column
from .client import Client, guarded, script, text

#: Words that a beginning may stand for.
MOST_WORDS = 200
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


@guarded
class RedisHeld:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._hold = script(client, "hold")

    def due(self, site: str, n: int) -> list[str]:
        return [text(id) for id in self._client.srandmember(self._keys.held_changed(site), n)]

    def file(self, site: str, rows: Sequence[tuple[Comment, Filed | None]]) -> None:
        pipe = self._client.pipeline(transaction=False)
        k = self._keys
        shared = [
            k.held_changed(site), k.held_here(site), k.held_slots(site), k.held_by_slot(site, "rows"),
            k.held_by_slot(site, "terms"),
            k.held_free(site), k.held_words(site), *(k.held_order(site, name) for name in COLUMNS),
        ]  # fmt: skip
        stems = [k.held_term(site, "few", ""), k.held_term(site, "many", ""), k.held_top(site, "")]
        for comment, filed in rows:
            row: list[str | int] = ["0"]
            if filed:
                row = ["1", filed.version, filed.rank, filed.received, filed.points, *filed.terms]
            args = [comment.id, dump_state(comment), *stems, *row]
            self._hold(keys=[k.comment(site, comment.id), *shared], args=args, client=pipe)
        pipe.execute()

    def drop(self, site: str, ids: Sequence[str]) -> None:
        if ids:
            self._client.srem(self._keys.held_changed(site), *ids)

    def find(self, site: str, sought: Sought) -> Hits:
        view = _View(self._client, self._keys, site, sought)
        bits = view.matching()
        spots, more = view.page(bits)
        return Hits(spots, more, bits.bit_count(), view.unfiled, view.counts(bits))


class _View:
    """One look at a site's index: everything it needs is read together, in one transaction."""

    def __init__(self, client: Client, keys: Keys, site: str, sought: Sought) -> None:
        self._client, self._keys, self._site, self._sought = client, keys, site, sought
        self._values = self._listed()
        groups = [self._spelt_out(group) for group in sought.all_of]
        self._groups = groups
        listed = [f"{kind}:{value}" for kind, values in self._values.items() for value in values]
        self._read(list(dict.fromkeys(chain(*groups, sought.none_of, listed))))

    def _listed(self) -> dict[str, list[str]]:
        """The values of each facet that most held comments have."""
        pipe = self._client.pipeline(transaction=False)
        for kind in self._sought.facets:
            pipe.zrange(self._keys.held_top(self._site, kind), 0, FACETS_AT_MOST - 1, desc=True)
        found = pipe.execute() if self._sought.facets else []
        listed = {kind: [text(v) for v in values] for kind, values in zip(self._sought.facets, found, strict=True)}
        for term in self._sought.counted:
            kind, _, value = term.partition(":")
            listed.setdefault(kind, []).append(value)
        return listed

    def _spelt_out(self, group: Sequence[str]) -> list[str]:
        """The group with each beginning replaced by the words that begin so."""
        return [term for given in group for term in (self._beginning(given) if given.endswith("*") else [given])]

    def _beginning(self, given: str) -> list[str]:
        start = given[:-1].removeprefix("word:").encode()
        key = self._keys.held_words(self._site)
        found = self._client.zrange(key, b"[" + start, b"[" + start + b"\xff", bylex=True, offset=0, num=MOST_WORDS)
        return [f"word:{text(word)}" for word in found]

    def _read(self, terms: Sequence[str]) -> None:
        k, site = self._keys, self._site
        pipe = self._client.pipeline()
        pipe.get(k.held_here(site))
        pipe.zcard(k.status(site, Status.HELD))
        pipe.get(k.held_order(site, ORDERS[self._sought.order][0]))
        for term in terms:
            pipe.smembers(k.held_term(site, "few", term))
            pipe.get(k.held_term(site, "many", term))
        here, standing, order, *sets = pipe.execute()
        self._bitmap = Bitmap(len(here or b""))
        self._here = self._bitmap.of(here)
        self._order = column(order or b"")
        self.unfiled = max(0, standing - self._here.bit_count())
        self._terms = {t: self._set(few, many) for t, few, many in zip(terms, sets[::2], sets[1::2], strict=True)}

    def _set(self, few: set[bytes], many: bytes | None) -> int:
        return self._bitmap.holding(map(int, few)) if few else self._bitmap.of(many)

    def matching(self) -> int:
        found = self._here
        for group in self._groups:
            either = 0
            for term in group:
                either |= self._terms[term]
            found &= either
        for term in self._sought.none_of:
            found &= ~self._terms[term]
        return found

    def page(self, bits: int) -> tuple[tuple[Spot, ...], bool]:
        """The spots of one page, and whether there are more. Equal numbers go by slot, in every order."""
        numbers, limit = self._order, self._sought.limit
        down = ORDERS[self._sought.order][1]
        left = self._after(self._bitmap.slots(bits), down)
        chosen = (nlargest if down else nsmallest)(limit + 1, left, key=numbers.__getitem__)
        slots = chosen[:limit]
        rows = self._client.hmget(self._keys.held_by_slot(self._site, "rows"), slots) if slots else []
        found = (self._spot(slot, row, down) for slot, row in zip(slots, rows, strict=True) if row)
        return tuple(found), len(chosen) > limit

    def _after(self, slots: list[int], down: bool) -> list[int]:
        place, numbers = self._sought.after, self._order
        if place is None:
            return slots
        key, slot = -place.key if down else place.key, place.slot
        if down:
            return [s for s in slots if numbers[s] < key or (numbers[s] == key and s > slot)]
        return [s for s in slots if numbers[s] > key or (numbers[s] == key and s > slot)]

    def _spot(self, slot: int, row: bytes, down: bool) -> Spot:
        id, _, version = text(row).partition(" ")
        key = int(self._order[slot])
        return Spot(id, int(version), Place(-key if down else key, slot))

    def counts(self, bits: int) -> dict[str, dict[str, int]]:
        if self._values and 0 < bits.bit_count() <= FEW:
            return self._counted(self._bitmap.slots(bits))
        return {
            kind: _most(Counter({v: (self._terms[f"{kind}:{v}"] & bits).bit_count() for v in values}))
            for kind, values in self._values.items()
        }

    def _counted(self, slots: list[int]) -> dict[str, dict[str, int]]:
        rows = self._client.hmget(self._keys.held_by_slot(self._site, "terms"), slots)
        found: dict[str, Counter[str]] = {kind: Counter() for kind in self._values}
        for row in rows:
            for term in text(row).split("\n") if row else ():
                kind, _, value = term.partition(":")
                if kind in self._sought.facets or term in self._sought.counted:
                    found[kind][value] += 1
        return {kind: _most(values) for kind, values in found.items()}


def _most(values: Counter[str]) -> dict[str, int]:
    some = [(value, n) for value, n in values.items() if n]
    return dict(sorted(some, key=lambda c: (-c[1], c[0]))[:FACETS_AT_MOST])

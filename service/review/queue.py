"""A page of the queue: what is held on one site or on all of somebody's sites, in one order, with its facets."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from itertools import islice

from comments.errors import Invalid, Problem
from comments.lifecycle import Status
from comments.model import Comment
from comments.queue_ranking import catch_up
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.queue_index import IndexHit, IndexPosition, IndexResult, facet_limit

from .search import AGES, FACETS, View, ages, sought

#: Comments that a page files before it looks: the few that were held a moment ago. The background job does the rest.
FILED_FIRST = 50

#: A key, a slot and a site: where the page before ended.
CURSOR = re.compile(r"(-?\d{1,16})\.(\d{1,9})\.([a-z0-9-]{1,40})")


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet, with how many of those on the page's list have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Queue:
    """`unfiled` comments are held but not to be found yet; `total` does not count them."""

    comments: tuple[Comment, ...] = ()
    cursor: str = ""
    total: int = 0
    unfiled: int = 0
    facets: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """A site, and whether its e-mail addresses may be seen."""

    site: Site
    sees_email: bool


def look(storage: Storage, desks: Sequence[Desk], view: View, today: date, limit: int) -> Queue:
    """Raises Invalid for a bad cursor or an empty search."""
    last = _last(view.cursor)
    chosen = [desk for desk in desks if view.site in ("", desk.site.id)]
    hits = {desk.site.id: _find(storage, desk, view, today, limit, last) for desk in chosen}
    spots = list(islice(_merged(hits), limit + 1))
    total = sum(h.total for h in hits.values())
    return Queue(
        comments=tuple(_loaded(storage, spots[:limit])),
        cursor=_cursor(*spots[limit - 1]) if len(spots) > limit else "",
        total=total,
        unfiled=sum(h.unfiled for h in hits.values()),
        facets=_facets(hits, desks, total, today),
    )


def _last(cursor: str) -> tuple[int, int, str] | None:
    if not cursor:
        return None
    match = CURSOR.fullmatch(cursor)
    if not match:
        raise Invalid([Problem("cursor", "malformed", "is not one of our cursors")])
    return int(match[1]), int(match[2]), match[3]


def _cursor(site: str, spot: IndexHit) -> str:
    return f"{spot.place.key}.{spot.place.slot}.{site}"


def _find(
    storage: Storage, desk: Desk, view: View, today: date, limit: int, last: tuple[int, int, str] | None
) -> IndexResult:
    """One more than `limit`, to see whether there are more."""
    catch_up(storage, desk.site.id, FILED_FIRST)
    after = _after(desk.site.id, last)
    return storage.queue_index.find(desk.site.id, sought(view, today, limit + 1, after, desk.sees_email))


def _after(site: str, last: tuple[int, int, str] | None) -> IndexPosition | None:
    """Where a site goes on: with the same key those of its own slots that follow, or all or none of another site's."""
    if last is None:
        return None
    key, slot, at = last
    return IndexPosition(key, slot if site == at else -1 if site > at else 10**9)


def _merged(hits: Mapping[str, IndexResult]) -> Iterator[tuple[str, IndexHit]]:
    """The spots of all sites in the one order, each with its site."""
    rows = ([(s.place.key, site, s.place.slot, s) for s in found.spots] for site, found in hits.items())
    return ((site, spot) for _, site, _, spot in merge(*rows, key=lambda row: row[:3]))


def _loaded(storage: Storage, spots: Sequence[tuple[str, IndexHit]]) -> Iterator[Comment]:
    """Those that are still held, a round trip a site."""
    sites = dict.fromkeys(site for site, _ in spots)
    ids = {site: [spot.id for at, spot in spots if at == site] for site in sites}
    found = {c.id: c for site in sites for c in storage.comments.load(site, ids[site]) if c}
    wanted = (found.get(spot.id) for _, spot in spots)
    return (c for c in wanted if c and c.status is Status.HELD)


def _facets(
    hits: Mapping[str, IndexResult], desks: Sequence[Desk], total: int, today: date
) -> dict[str, tuple[Option, ...]]:
    names = {desk.site.id: desk.site.name for desk in desks}
    facets = {"site": _options(Counter({site: h.total for site, h in hits.items()}), names)} if len(desks) > 1 else {}
    for kind in FACETS:
        if kind == "age":
            found = ages(_summed(hits.values(), "day"), total, today)
            facets[kind] = tuple(Option(age, label, found[age]) for age, label in AGES.items() if age in found)
        else:
            facets[kind] = _options(_summed(hits.values(), kind))[: facet_limit(kind)]
    return facets


def _summed(hits: Iterable[IndexResult], kind: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for found in hits:
        counts.update(found.counts.get(kind, {}))
    return counts


def _options(counts: Counter[str], names: Mapping[str, str] | None = None) -> tuple[Option, ...]:
    most = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    return tuple(Option(value, (names or {}).get(value, value), n) for value, n in most if n)

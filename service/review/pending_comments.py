"""A page of the queue: pending comments of one site or of several, in one order, with facets."""

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
from comments.queue_ranking import index_outdated
from comments.signals import SignalCatalogue, signal_title
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.queue_index import IndexHit, IndexPosition, IndexResult, facet_limit

from .search import AGES, FACETS, QueueView, age_counts, index_query

#: New comments that a page indexes before it searches. A background job indexes the rest.
INDEXED_FIRST = 50

#: The end of the previous page: sort key, slot and site.
_CURSOR = re.compile(r"(-?\d{1,16})\.(\d{1,9})\.([a-z0-9-]{1,40})")


@dataclass(frozen=True, slots=True)
class FacetOption:
    """One value of a facet, and the number of listed comments that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`unindexed` comments are pending but cannot be found yet; `total` does not count them."""

    comments: tuple[Comment, ...] = ()
    cursor: str = ""
    total: int = 0
    unindexed: int = 0
    facets: Mapping[str, tuple[FacetOption, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueSite:
    """A site, and the viewer's permission to see email addresses on it."""

    site: Site
    sees_email: bool


def pending_page(
    storage: Storage, signals: SignalCatalogue, sites: Sequence[QueueSite], view: QueueView, today: date, limit: int
) -> QueuePage:
    """Raises Invalid for a bad cursor or an empty search."""
    last = _parsed_cursor(view.cursor)
    chosen = [site for site in sites if view.site in ("", site.site.id)]
    for site in chosen:
        index_outdated(storage, site.site.id, signals, INDEXED_FIRST)
    results = {site.site.id: _find(storage, site, view, today, limit, last) for site in chosen}
    hits = list(islice(_merged(results), limit + 1))
    total = sum(r.total for r in results.values())
    return QueuePage(
        comments=tuple(_load_pending(storage, hits[:limit])),
        cursor=_cursor(*hits[limit - 1]) if len(hits) > limit else "",
        total=total,
        unindexed=sum(r.unindexed for r in results.values()),
        facets=_facets(results, sites, signals, total),
    )


def _parsed_cursor(cursor: str) -> tuple[int, int, str] | None:
    if not cursor:
        return None
    match = _CURSOR.fullmatch(cursor)
    if not match:
        raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
    return int(match[1]), int(match[2]), match[3]


def _cursor(site: str, hit: IndexHit) -> str:
    return f"{hit.position.key}.{hit.position.slot}.{site}"


def _find(
    storage: Storage, site: QueueSite, view: QueueView, today: date, limit: int, last: tuple[int, int, str] | None
) -> IndexResult:
    """Find one more than `limit`, to know if there is a next page."""
    after = _after(site.site.id, last)
    return storage.queue_index.find(site.site.id, index_query(view, today, limit + 1, after, site.sees_email))


def _after(site: str, last: tuple[int, int, str] | None) -> IndexPosition | None:
    """Position after which a site continues. Comments with the same sort key are ordered by site, then by slot."""
    if last is None:
        return None
    key, slot, at = last
    return IndexPosition(key, slot if site == at else -1 if site > at else 10**9)


def _merged(results: Mapping[str, IndexResult]) -> Iterator[tuple[str, IndexHit]]:
    """Merge the hits of all sites in order, each with its site."""
    rows = ([(s.position.key, site, s.position.slot, s) for s in found.hits] for site, found in results.items())
    return ((site, hit) for _, site, _, hit in merge(*rows, key=lambda row: row[:3]))


def _load_pending(storage: Storage, hits: Sequence[tuple[str, IndexHit]]) -> Iterator[Comment]:
    """Load the comments that are still pending, with one round trip for each site."""
    sites = dict.fromkeys(site for site, _ in hits)
    ids = {site: [hit.id for at, hit in hits if at == site] for site in sites}
    found = {c.id: c for site in sites for c in storage.comments.load(site, ids[site]) if c}
    wanted = (found.get(hit.id) for _, hit in hits)
    return (c for c in wanted if c and c.status is Status.HELD)


def _facets(
    results: Mapping[str, IndexResult],
    sites: Sequence[QueueSite],
    signals: SignalCatalogue,
    total: int,
) -> dict[str, tuple[FacetOption, ...]]:
    names = {site.site.id: site.site.name for site in sites}
    totals = Counter({site: result.total for site, result in results.items()})
    facets = {"site": _options(totals, names)} if len(sites) > 1 else {}
    for kind in FACETS:
        if kind == "age":
            since = [sum(limits) for limits in zip(*(r.since["received"] for r in results.values()), strict=True)]
            ages = age_counts(since, total) if since else {}
            facets[kind] = tuple(FacetOption(age, label, ages[age]) for age, label in AGES.items() if age in ages)
        else:
            found = _summed(results.values(), kind)
            labels = {name: signal_title(signals, name) for name in found} if kind == "signal" else {}
            facets[kind] = _options(found, labels)[: facet_limit(kind)]
    return facets


def _summed(results: Iterable[IndexResult], kind: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for found in results:
        counts.update(found.counts.get(kind, {}))
    return counts


def _options(counts: Counter[str], names: Mapping[str, str] | None = None) -> tuple[FacetOption, ...]:
    most = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    return tuple(FacetOption(value, (names or {}).get(value, value), n) for value, n in most if n)

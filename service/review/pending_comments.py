"""A page of a list of comments: those of one site or of several, in one order, with facets."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import merge
from itertools import islice

from comments.errors import Invalid, Problem
from comments.index_terms import AUTOMATIC
from comments.lifecycle import Status
from comments.model import Comment
from comments.queue_ranking import index_outdated
from comments.signals import SignalCatalogue, signal_title
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.queue_index import IndexHit, IndexPosition, IndexQuery, IndexResult, facet_limit

from .search import AGES, AUTOMATIC_NAME, EVERY_STATUS, QueueFilters, facets_of, statuses_of
from .search_query import AGE_COLUMNS, age_counts, index_query
from .waves import Wave, group_waves

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
    """`unindexed` comments cannot be searched yet; `total` counts them only in a list without filters."""

    comments: tuple[Comment, ...] = ()
    cursor: str = ""
    total: int = 0
    unindexed: int = 0
    facets: Mapping[str, tuple[FacetOption, ...]] = field(default_factory=dict)
    waves: Mapping[str, Wave] = field(default_factory=dict)  # by the id of the comment that stands for each


@dataclass(frozen=True, slots=True)
class QueueSite:
    """A site, and the viewer's permission to see email addresses on it."""

    site: Site
    sees_email: bool


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One page to list: a status (or EVERY_STATUS), an order, filters, and the cursor of the page before."""

    status: str
    order: str
    filters: QueueFilters
    today: date
    limit: int
    cursor: str = ""
    site: str = ""  # "" for all given sites
    has_waves: bool = False  # near-copies that need review are one row


def listed_page(
    storage: Storage,
    signals: SignalCatalogue,
    sites: Sequence[QueueSite],
    request: ListRequest,
    pending_by_receipt: bool = False,
) -> QueuePage:
    """Raises Invalid for a bad cursor or an empty search.

    A list without filters in the order of receipt needs no index, and has comments that are not searchable yet too.
    The page of pending comments does without them, unless `pending_by_receipt`.
    """
    chosen = [site for site in sites if request.site in ("", site.site.id)]
    for site in chosen:
        index_outdated(storage, site.site.id, signals, INDEXED_FIRST)
    needs_index = request.status in (EVERY_STATUS, *(() if pending_by_receipt else ("held",)))
    is_plain = len(sites) == 1 and not needs_index and _is_by_receipt(request)
    plain = _plain_page(storage, chosen[0].site.id, request) if is_plain else None
    last = None if plain else _parsed_cursor(request.cursor)
    counted = replace(request, limit=-1) if plain else request  # one more than the limit: none
    results = {site.site.id: _find(storage, site, counted, last) for site in chosen}
    total = sum(r.total for r in results.values())
    unindexed = sum(r.unindexed for r in results.values())
    facets = _facets(results, sites, signals, request.status, total)
    if plain:
        return replace(plain, total=total + unindexed, unindexed=unindexed, facets=facets)
    hits = list(islice(_merged(results), request.limit + 1))
    page = _page(storage, hits, request)
    if request.has_waves and len(chosen) == 1:
        name, query = chosen[0].site.id, _query(chosen[0], request, last)
        grouped = group_waves(storage, name, query, results[name], page.comments)
        if grouped.waves:
            page = replace(_page(storage, [(name, hit) for hit in grouped.hits], request), waves=grouped.waves)
    return replace(page, total=total, unindexed=unindexed, facets=facets)


def _page(storage: Storage, hits: Sequence[tuple[str, IndexHit]], request: ListRequest) -> QueuePage:
    """Load the comments of the first hits. A further hit means that there is a next page."""
    return QueuePage(
        comments=tuple(_load_listed(storage, hits[: request.limit], request)),
        cursor=_cursor(*hits[request.limit - 1]) if len(hits) > request.limit else "",
    )


def _is_by_receipt(request: ListRequest) -> bool:
    return not request.filters.filters and request.order in ("oldest", "newest")


def _plain_page(storage: Storage, site: str, request: ListRequest) -> QueuePage:
    newest = request.order == "newest"
    page = storage.comments.by_status(site, Status(request.status), request.limit, request.cursor, newest)
    return QueuePage(page.rows, page.cursor)


def _parsed_cursor(cursor: str) -> tuple[int, int, str] | None:
    if not cursor:
        return None
    match = _CURSOR.fullmatch(cursor)
    if not match:
        raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
    return int(match[1]), int(match[2]), match[3]


def _cursor(site: str, hit: IndexHit) -> str:
    return f"{hit.position.key}.{hit.position.slot}.{site}"


def _find(storage: Storage, site: QueueSite, request: ListRequest, last: tuple[int, int, str] | None) -> IndexResult:
    return storage.queue_index.find(site.site.id, _query(site, request, last))


def _query(site: QueueSite, request: ListRequest, last: tuple[int, int, str] | None) -> IndexQuery:
    """Ask for one more than `limit`, to know if there is a next page."""
    after = _after(site.site.id, last)
    status, order, limit = request.status, request.order, request.limit + 1
    return index_query(request.filters, status, order, request.today, limit, after, site.sees_email)


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


def _load_listed(storage: Storage, hits: Sequence[tuple[str, IndexHit]], request: ListRequest) -> Iterator[Comment]:
    """Load the comments that still have a listed status, with one round trip for each site."""
    sites = dict.fromkeys(site for site, _ in hits)
    ids = {site: [hit.id for at, hit in hits if at == site] for site in sites}
    found = {c.id: c for site in sites for c in storage.comments.load(site, ids[site]) if c}
    wanted = (found.get(hit.id) for _, hit in hits)
    return (c for c in wanted if c and c.status in statuses_of(request.status))


def _facets(
    results: Mapping[str, IndexResult], sites: Sequence[QueueSite], signals: SignalCatalogue, status: str, total: int
) -> dict[str, tuple[FacetOption, ...]]:
    names = {site.site.id: site.site.name for site in sites}
    totals = Counter({site: result.total for site, result in results.items()})
    facets = {"site": _options(totals, names)} if len(sites) > 1 else {}
    for kind in facets_of(status):
        if kind in AGE_COLUMNS:
            column = AGE_COLUMNS[kind]
            since = [sum(limits) for limits in zip(*(r.since[column] for r in results.values()), strict=True)]
            ages = age_counts(since, total) if since else {}
            facets[kind] = tuple(FacetOption(age, label, ages[age]) for age, label in AGES.items() if age in ages)
        else:
            found = _summed(results.values(), kind)
            facets[kind] = _options(found, _labels(kind, found, signals))[: facet_limit(kind)]
    facets["by"] = tuple(
        replace(option, value=AUTOMATIC_NAME) if option.value == AUTOMATIC else option
        for option in facets.get("by", ())
    )
    return facets


def _labels(kind: str, values: Iterable[str], signals: SignalCatalogue) -> dict[str, str]:
    if kind == "signal":
        return {name: signal_title(signals, name) for name in values}
    if kind == "status":
        return {name: Status(name).label for name in values}
    return {AUTOMATIC: "Automatic"} if kind == "by" else {}


def _summed(results: Iterable[IndexResult], kind: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for found in results:
        counts.update(found.counts.get(kind, {}))
    return counts


def _options(counts: Counter[str], names: Mapping[str, str] | None = None) -> tuple[FacetOption, ...]:
    most = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    return tuple(FacetOption(value, (names or {}).get(value, value), n) for value, n in most if n)

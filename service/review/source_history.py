"""Everything that an author or a network wrote: a page of comments, counts, a timeline and linked identities.

The index of comments finds it. Comments are searched one by one while the index is being built.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from comments.errors import Invalid, Problem
from comments.index_terms import AUTOMATIC, decided_by
from comments.lifecycle import Status
from comments.model import Comment
from comments.queue_ranking import index_outdated
from comments.signals import SignalCatalogue
from comments.storage.interfaces import Storage
from comments.storage.queue_index import INDEXED, IndexHit, IndexPosition, IndexQuery
from comments.storage.values import HistoryQuery

from .pending_comments import INDEXED_FIRST

#: Comments of a page, and the latest ones from which timeline, names and linked identities are made.
COMMENTS_PER_PAGE, SUMMED_UP = 20, 300
#: Comments that may be missing from the index: with more it is being built.
MAX_UNINDEXED = 200
#: Linked authors or networks, the most frequent.
MAX_LINKED = 12
#: Networks of an author whose other authors are shown.
NETWORKS_COMPARED = 5
#: Days that a timeline shows day by day. A longer one has months, the latest 24 of them.
DAYS_SHOWN, MONTHS_SHOWN = 45, 24
_INDEX_CURSOR = re.compile(r"i(-?\d{1,16})\.(\d{1,10})")

#: Parts of a bar in the timeline, from the bottom, with their statuses.
TIMELINE_PARTS: Mapping[str, tuple[Status, ...]] = {
    "published": (Status.APPROVED, Status.APPLIED),
    "held": (Status.HELD, Status.QUEUED),
    "spam": (Status.SPAM,),
    "removed": (Status.REMOVED, Status.WITHDRAWN),
}


@dataclass(frozen=True, slots=True)
class LinkedSource:
    """Another author or network that shares a network or an author with this one."""

    key: str
    label: str
    n: int  # comments among those compared


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """The comments of one day or month."""

    label: str
    counts: Mapping[str, int]  # one of TIMELINE_PARTS -> comments

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class SourceHistory:
    """`recent` are the latest comments. `total` and `counts` are None and empty while the index is being built."""

    rows: tuple[Comment, ...]
    recent: tuple[Comment, ...]
    cursor: str = ""
    total: int | None = None
    counts: Mapping[Status, int] = field(default_factory=dict)
    unindexed: int = 0
    back_to: datetime | None = None  # of a search one by one that may continue

    @property
    def names(self) -> list[str]:
        """Names used, the latest first."""
        return list(dict.fromkeys(c.author for c in self.recent if c.author))

    @property
    def deciders(self) -> list[tuple[str, int]]:
        """People, or the filters, whose decisions are in force, with their number."""
        found = Counter(filter(None, map(decided_by, self.recent))).most_common(MAX_LINKED)
        return [("the filters" if name == AUTOMATIC else name, n) for name, n in found]


def source_history(
    storage: Storage, site: str, query: HistoryQuery, signals: SignalCatalogue, cursor: str = ""
) -> SourceHistory:
    """Return one page. Raises Invalid for a bad cursor."""
    if not cursor or cursor.startswith("i"):
        index_outdated(storage, site, signals, INDEXED_FIRST)
        found = _from_index(storage, site, query, cursor)
        if found.unindexed <= MAX_UNINDEXED:
            return found
    page = storage.author_history.find(site, query, COMMENTS_PER_PAGE, "" if cursor.startswith("i") else cursor)
    return SourceHistory(page.rows, page.rows, page.cursor, back_to=page.back_to if page.cursor else None)


def _from_index(storage: Storage, site: str, query: HistoryQuery, cursor: str) -> SourceHistory:
    """Look up the few comments that most authors have. Search for those of a large source."""
    named = [(kind, value) for kind, value in (("identity", query.identity), ("origin", query.origin)) if value]
    few = storage.queue_index.with_term(site, ":".join(named[0]), SUMMED_UP) if len(named) == 1 else None
    if few is None:
        return _searched(storage, site, named, cursor)
    after = _position(cursor) if cursor else None
    rest = [hit for hit in few.hits if after is None or _place(hit) > (after.key, after.slot)]
    loaded = [c for c in storage.comments.load(site, [hit.id for hit in few.hits]) if c]
    shown = rest[:COMMENTS_PER_PAGE]
    on_page = {hit.id for hit in shown}
    return SourceHistory(
        rows=tuple(comment for comment in loaded if comment.id in on_page),
        recent=tuple(loaded),
        cursor=_cursor(shown[-1]) if len(rest) > len(shown) else "",
        total=len(few.hits),
        counts=dict(Counter(comment.status for comment in loaded).most_common()),
        unindexed=few.unindexed,
    )


def _place(hit: IndexHit) -> tuple[int, int]:
    return hit.position.key, hit.position.slot


def _cursor(hit: IndexHit) -> str:
    return f"i{hit.position.key}.{hit.position.slot}"


def _searched(storage: Storage, site: str, named: Sequence[tuple[str, str]], cursor: str) -> SourceHistory:
    asked = IndexQuery(
        all_of=tuple((f"{kind}:{value}",) for kind, value in named),
        order="newest",
        limit=COMMENTS_PER_PAGE if cursor else SUMMED_UP,
        after=_position(cursor) if cursor else None,
        statuses=INDEXED,
        facets=("status",),
    )
    found = storage.queue_index.find(site, asked)
    loaded = [c for c in storage.comments.load(site, [hit.id for hit in found.hits]) if c]
    shown = found.hits[:COMMENTS_PER_PAGE]
    has_more = len(found.hits) > len(shown) or found.more
    return SourceHistory(
        rows=tuple(loaded[:COMMENTS_PER_PAGE]),
        recent=tuple(loaded),
        cursor=_cursor(shown[-1]) if shown and has_more else "",
        total=found.total,
        counts={Status(name): n for name, n in found.counts.get("status", {}).items()},
        unindexed=found.unindexed,
    )


def _position(cursor: str) -> IndexPosition:
    match = _INDEX_CURSOR.fullmatch(cursor)
    if not match:
        raise Invalid([Problem("cursor", "malformed", "is not a valid cursor")])
    return IndexPosition(int(match[1]), int(match[2]))


def linked_networks(comments: Iterable[Comment]) -> list[LinkedSource]:
    """Return the networks of an author's comments, the most frequent first."""
    counts = Counter(c.origin for c in comments if c.origin)
    return [LinkedSource(key, key, n) for key, n in counts.most_common(MAX_LINKED)]


def linked_authors(comments: Iterable[Comment]) -> list[LinkedSource]:
    """Return the authors of comments by their latest name, the most frequent first. `comments`: the newest first."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for comment in comments:
        if key := comment.history_key:
            names.setdefault(key, comment.author or "Anonymous")
            counts[key] += 1
    return [LinkedSource(key, names[key], n) for key, n in counts.most_common(MAX_LINKED)]


def others_in_networks(storage: Storage, site: str, identity: str, networks: Sequence[str]) -> list[LinkedSource]:
    """Return other authors of the latest comments from these networks."""
    if not networks:
        return []
    compared = networks[:NETWORKS_COMPARED]
    few = [storage.queue_index.with_term(site, f"origin:{network}", SUMMED_UP) for network in compared]
    if all(few):
        hits = sorted((hit for of in few if of for hit in of.hits), key=_place)[:SUMMED_UP]
        loaded = storage.comments.load(site, [hit.id for hit in hits])
        return linked_authors(c for c in loaded if c and identity not in (c.identity, c.user))
    asked = IndexQuery(
        all_of=(tuple(f"origin:{network}" for network in compared),),
        none_of=(f"identity:{identity}",),
        order="newest",
        limit=100,
        statuses=INDEXED,
    )
    ids = [hit.id for hit in storage.queue_index.find(site, asked).hits]
    return linked_authors(c for c in storage.comments.load(site, ids) if c) if ids else []


def timeline(comments: Sequence[Comment]) -> list[TimelineBar]:
    """Count comments by day or by month of reception, the oldest first, with empty days and months between them."""
    if not comments:
        return []
    days = [c.received.date() for c in comments]
    first, last = min(days), max(days)
    if (last - first).days < DAYS_SHOWN:
        labels = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    else:
        labels = _months(first, last)[-MONTHS_SHOWN:]
    counts: dict[str, Counter[str]] = {label: Counter() for label in labels}
    parts = {status: part for part, statuses in TIMELINE_PARTS.items() for status in statuses}
    for comment, day in zip(comments, days, strict=True):
        label = day.isoformat()[: len(labels[0])]
        if label in counts:
            counts[label][parts[comment.status]] += 1
    return [TimelineBar(label, dict(of)) for label, of in counts.items()]


def _months(first: date, last: date) -> list[str]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{n // 12}-{n % 12 + 1:02}" for n in numbers]

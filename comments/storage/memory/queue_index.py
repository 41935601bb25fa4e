"""The index of comments in memory: a plain filter over all entries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from comments.model import Comment
from comments.storage.queue_index import (
    INDEXED,
    ORDER_COLUMNS,
    IndexEntry,
    IndexHit,
    IndexPosition,
    IndexQuery,
    IndexResult,
    TermHits,
    most_frequent,
)

from .site_data import AllSites, IndexedComment


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    slot: int
    entry: IndexEntry
    key: int

    @property
    def position(self) -> IndexPosition:
        return IndexPosition(self.key, self.slot)


class MemoryQueueIndex:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def outdated(self, site: str, n: int) -> list[str]:
        return list(self._sites[site].unindexed)[:n]

    def update(self, site: str, rows: Sequence[tuple[Comment, IndexEntry | None]]) -> None:
        with self._sites.lock:
            data = self._sites[site]
            for comment, entry in rows:
                if data.comments.get(comment.id) != comment:
                    continue
                data.unindexed.discard(comment.id)
                data.indexed.pop(comment.id, None)
                if entry:
                    data.indexed[comment.id] = IndexedComment(data.next_slot, entry)
                    data.next_slot += 1

    def discard(self, site: str, ids: Sequence[str]) -> None:
        data = self._sites[site]
        for id in set(ids) - set(data.comments):
            data.unindexed.discard(id)
            data.indexed.pop(id, None)

    def is_complete(self, site: str) -> bool:
        return not self._sites[site].unindexed

    def continue_upkeep(self, site: str) -> bool:
        """Do nothing: this index needs no more than updates."""
        return False

    def renew(self, site: str) -> None:
        data = self._sites[site]
        data.unindexed |= set(data.comments)

    def purge(self, site: str) -> None:
        """Do nothing: this index holds no former entries."""

    def with_term(self, site: str, term: str, most: int) -> TermHits | None:
        query = IndexQuery(((term,),), order="newest", limit=most, statuses=INDEXED)
        found = self.find(site, query)
        return None if found.more else TermHits(found.hits, found.unindexed)

    def sites_with_term(self, sites: Sequence[str], term: str) -> set[str]:
        query = IndexQuery(((term,),), order="newest", limit=1, statuses=INDEXED)
        return {site for site in sites if self.find(site, query).hits}

    def find(self, site: str, query: IndexQuery) -> IndexResult:
        data = self._sites[site]
        column, descending = ORDER_COLUMNS[query.order]
        sign = -1 if descending else 1
        in_status = {id: found for id, found in data.indexed.items() if found.entry.status in query.statuses}
        rows = sorted(
            (
                _Row(id, found.slot, found.entry, sign * getattr(found.entry, column))
                for id, found in in_status.items()
                if _matches(found.entry, query)
            ),
            key=lambda row: (row.key, row.slot),
        )
        after = (query.after.key, query.after.slot) if query.after else (float("-inf"), -1)
        rest = [row for row in rows if (row.key, row.slot) > after]
        stored = sum(comment.status in query.statuses for comment in data.comments.values())
        entries = [row.entry for row in rows]
        return IndexResult(
            hits=tuple(IndexHit(row.id, row.entry.version, row.position) for row in rest[: query.limit]),
            more=len(rest) > query.limit,
            total=len(rows),
            unindexed=stored - len(in_status),
            counts={kind: most_frequent(kind, _values(entries, kind)) for kind in query.facets},
            since={
                name: tuple(sum(getattr(e, name) >= limit for e in entries) for limit in limits)
                for name, limits in query.since
            },
        )


def _matches(entry: IndexEntry, query: IndexQuery) -> bool:
    return (
        all(any(_has(entry, term) for term in group) for group in query.all_of)
        and not any(_has(entry, term) for term in query.none_of)
        and all(first <= getattr(entry, name) < end for name, first, end in query.ranges)
    )


def _has(entry: IndexEntry, term: str) -> bool:
    terms = entry.facets + entry.terms
    if term.startswith("word:") and term.endswith("*"):
        return any(t.startswith(term[:-1]) for t in terms)
    return term in terms


def _values(entries: Sequence[IndexEntry], kind: str) -> Counter[str]:
    terms = (term.partition(":") for entry in entries for term in entry.facets)
    return Counter(value for of, _, value in terms if of == kind)

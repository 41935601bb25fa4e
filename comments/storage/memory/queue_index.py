"""The index of held comments in memory: every entry looked at for every question."""

from collections import Counter
from collections.abc import Mapping, Sequence

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.queue_index import IndexEntry, IndexHit, IndexPosition, IndexQuery, IndexResult, facet_limit

from .site_data import Shelf, Shelves


class MemoryQueueIndex:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def outdated(self, site: str, n: int) -> list[str]:
        with self._shelves.lock:
            return sorted(self._shelves[site].unfiled)[:n]

    def update(self, site: str, rows: Sequence[tuple[Comment, IndexEntry | None]]) -> None:
        with self._shelves.lock:
            shelf = self._shelves[site]
            for comment, entry in rows:
                if shelf.comments.get(comment.id) != comment:
                    continue
                shelf.unfiled.discard(comment.id)
                shelf.held.pop(comment.id, None)
                if entry:
                    shelf.slots += 1
                    shelf.held[comment.id] = (shelf.slots, entry)

    def discard(self, site: str, ids: Sequence[str]) -> None:
        with self._shelves.lock:
            self._shelves[site].unfiled -= set(ids)

    def find(self, site: str, sought: IndexQuery) -> IndexResult:
        with self._shelves.lock:
            shelf = self._shelves[site]
            matches = {id: (slot, e) for id, (slot, e) in shelf.held.items() if _matches(e, sought)}
            spots = sorted(
                (IndexHit(id, e.version, IndexPosition(_key(e, sought), slot)) for id, (slot, e) in matches.items()),
                key=lambda s: (s.place.key, s.place.slot),
            )
            after = (sought.after.key, sought.after.slot) if sought.after else None
            left = [s for s in spots if after is None or (s.place.key, s.place.slot) > after]
            return IndexResult(
                spots=tuple(left[: sought.limit]),
                more=len(left) > sought.limit,
                total=len(matches),
                unfiled=_standing(shelf) - len(shelf.held),
                counts=_counts(matches, sought),
            )


def _standing(shelf: Shelf) -> int:
    return sum(c.status is Status.HELD for c in shelf.comments.values())


def _matches(entry: IndexEntry, sought: IndexQuery) -> bool:
    return all(any(_has(entry, t) for t in group) for group in sought.all_of) and not any(
        _has(entry, t) for t in sought.none_of
    )


def _has(entry: IndexEntry, term: str) -> bool:
    if term.endswith("*"):
        return any(t.startswith(term[:-1]) for t in entry.terms)
    return term in entry.terms


def _key(entry: IndexEntry, sought: IndexQuery) -> int:
    keys = {"useful": entry.rank, "oldest": entry.received, "newest": -entry.received, "points": -entry.points}
    return keys[sought.order]


def _counts(matches: Mapping[str, tuple[int, IndexEntry]], sought: IndexQuery) -> dict[str, dict[str, int]]:
    kinds = (*sought.facets, *(term.partition(":")[0] for term in sought.counted))
    found: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    for term in (t for _, e in matches.values() for t in e.terms):
        kind, _, value = term.partition(":")
        if kind in sought.facets or term in sought.counted:
            found[kind][value] += 1
    return {
        kind: dict(sorted(n.items(), key=lambda c: (-c[1], c[0]))[: facet_limit(kind)]) for kind, n in found.items()
    }

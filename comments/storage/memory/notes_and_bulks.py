"""Notes and bulk steps in memory."""

from collections.abc import Sequence

from comments.errors import NotFound
from comments.storage.notes_and_bulks import Bulk, BulkItem, BulkProgress, Note

from .site_data import Shelves

MOST_NOTES = 50


class MemoryNotes:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def add(self, site: str, id: str, note: Note) -> None:
        with self._shelves.lock:
            notes = self._shelves[site].notes
            notes[id] = (*notes.get(id, ()), note)[-MOST_NOTES:]

    def of(self, site: str, ids: Sequence[str]) -> list[tuple[Note, ...]]:
        return [self._shelves[site].notes.get(id, ()) for id in ids]


class MemoryBulks:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def create(self, site: str, bulk: Bulk, items: Sequence[BulkItem]) -> None:
        with self._shelves.lock:
            self._shelves[site].bulks[bulk.id] = (bulk, len(items), list(items), [])

    def get(self, site: str, id: str) -> Bulk:
        return self._of(site, id)[0]

    def progress(self, site: str, id: str) -> BulkProgress:
        with self._shelves.lock:
            _, total, left, done = self._of(site, id)
            return BulkProgress(total, len(left), len(done))

    def left(self, site: str, id: str, n: int) -> list[BulkItem]:
        with self._shelves.lock:
            return self._of(site, id)[2][:n]

    def check_off(self, site: str, id: str, tried: Sequence[BulkItem], done: Sequence[BulkItem]) -> None:
        with self._shelves.lock:
            bulk, total, left, before = self._of(site, id)
            kept = [item for item in left if item not in set(tried)]
            self._shelves[site].bulks[id] = (bulk, total, kept, [*before, *done])

    def done(self, site: str, id: str) -> list[BulkItem]:
        with self._shelves.lock:
            return list(self._of(site, id)[3])

    def _of(self, site: str, id: str) -> tuple[Bulk, int, list[BulkItem], list[BulkItem]]:
        found = self._shelves[site].bulks.get(id)
        if found is None:
            raise NotFound("there is no such step for many comments")
        return found

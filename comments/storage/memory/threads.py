"""Published comments of a thread, in memory."""

from collections.abc import Sequence

from .. import ThreadPage
from ..order import children, reading_order
from .paging import page
from .shelf import Shelves


class MemoryThreads:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        with self._shelves.lock:
            shelf = self._shelves[site]
            published = sorted(
                (c for c in shelf.comments.values() if c.thread == thread and shelf.published(c.id)),
                key=lambda c: (c.received, c.id),
            )
            roots, following = page([c for c in published if not c.parent], cursor, limit, newest)
            below = children((c.id, c.parent, round(c.received.timestamp() * 1000)) for c in published if c.parent)
            rows = (shelf.comments[id] for id in reading_order((c.id for c in roots), below))
            return ThreadPage(tuple(rows), following, len(published))

    def version(self, site: str, thread: str) -> int:
        return self._shelves[site].versions[thread]

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        return [self.page(site, thread, 1).total for thread in threads]

    def set_closed(self, site: str, thread: str, closed: bool) -> None:
        with self._shelves.lock:
            (self._shelves[site].closed.add if closed else self._shelves[site].closed.discard)(thread)

    def is_closed(self, site: str, thread: str) -> bool:
        return thread in self._shelves[site].closed

"""Published comments of a thread, in memory."""

from collections.abc import Sequence

from comments.model import Comment
from comments.storage.thread_order import children, reading_order
from comments.storage.values import ThreadChanges, ThreadPage

from .paging import page
from .site_data import WHOLE_SITE, Shelves


class MemoryThreads:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        with self._shelves.lock:
            shelf = self._shelves[site]
            published = sorted((shelf.comments[id] for id in shelf.seen(thread)), key=lambda c: (c.received, c.id))
            roots, following = page([c for c in published if not c.parent], cursor, limit, newest)
            below = children((c.id, c.parent, round(c.received.timestamp() * 1000)) for c in published if c.parent)
            rows = (shelf.comments[id] for id in reading_order((c.id for c in roots), below))
            return ThreadPage(tuple(rows), following, len(published))

    def version(self, site: str, thread: str) -> int:
        return self._shelves[site].versions[thread]

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        return [self.version(site, thread) for thread in threads]

    def site_version(self, site: str) -> int:
        return self._shelves[site].versions[WHOLE_SITE]

    def changes(self, site: str, thread: str, since: int) -> ThreadChanges:
        with self._shelves.lock:
            shelf = self._shelves[site]
            version = shelf.versions[thread]
            if version == since:
                return ThreadChanges(version)
            log = [change for change in shelf.changes if change[0] == thread and change[2] > since]
            last: dict[str, bool] = {}
            for _, _, _, id, shown in log:
                last.pop(id, None)  # its place is that of the last word on it
                last[id] = shown
            return ThreadChanges(
                version,
                known=bool(log) and log[0][1] <= since,
                appeared=tuple(id for id, shown in last.items() if shown and shelf.published(id)),
                went=tuple(id for id, shown in last.items() if not shown),
            )

    def newest(self, site: str, thread: str, n: int) -> list[Comment]:
        with self._shelves.lock:
            shelf = self._shelves[site]
            found = [shelf.comments[id] for id in shelf.seen(thread)]
            return sorted(found, key=lambda c: (c.received, c.id), reverse=True)[:n]

    def recent(self, site: str, n: int) -> list[Comment]:
        with self._shelves.lock:
            shelf = self._shelves[site]
            return [shelf.comments[id] for id in reversed(shelf.recent)][:n]

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        return [self.page(site, thread, 1).total for thread in threads]

    def is_visible(self, comment: Comment) -> bool:
        with self._shelves.lock:
            return self._shelves[comment.site].published(comment.id)

    def set_closed(self, site: str, thread: str, closed: bool) -> None:
        with self._shelves.lock:
            (self._shelves[site].closed.add if closed else self._shelves[site].closed.discard)(thread)

    def is_closed(self, site: str, thread: str) -> bool:
        return thread in self._shelves[site].closed

"""Published comments of a thread, in memory."""

from collections.abc import Sequence

from comments.model import Comment
from comments.storage.thread_order import children, reading_order
from comments.storage.values import ThreadChanges, ThreadPage

from .paging import page
from .site_data import ALL_THREADS, AllSites


class MemoryThreads:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        with self._sites.lock:
            data = self._sites[site]
            published = sorted((data.comments[id] for id in data.visible_in(thread)), key=lambda c: (c.received, c.id))
            roots, following = page([c for c in published if not c.parent], cursor, limit, newest)
            below = children((c.id, c.parent, round(c.received.timestamp() * 1000)) for c in published if c.parent)
            rows = (data.comments[id] for id in reading_order((c.id for c in roots), below))
            return ThreadPage(tuple(rows), following, len(published))

    def version(self, site: str, thread: str) -> int:
        return self._sites[site].versions[thread]

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        return [self.version(site, thread) for thread in threads]

    def site_version(self, site: str) -> int:
        return self._sites[site].versions[ALL_THREADS]

    def changes(self, site: str, thread: str, since: int) -> ThreadChanges:
        with self._sites.lock:
            data = self._sites[site]
            version = data.versions[thread]
            if version == since:
                return ThreadChanges(version)
            log = [change for change in data.changes if change[0] == thread and change[2] > since]
            last: dict[str, bool] = {}
            for _, _, _, id, shown in log:
                last.pop(id, None)  # in the order of the last change of each comment
                last[id] = shown
            return ThreadChanges(
                version,
                complete=bool(log) and log[0][1] <= since,
                appeared=tuple(id for id, shown in last.items() if shown and data.is_visible(id)),
                disappeared=tuple(id for id, shown in last.items() if not shown),
            )

    def newest(self, site: str, thread: str, n: int) -> list[Comment]:
        with self._sites.lock:
            data = self._sites[site]
            found = [data.comments[id] for id in data.visible_in(thread)]
            return sorted(found, key=lambda c: (c.received, c.id), reverse=True)[:n]

    def recent(self, site: str, n: int) -> list[Comment]:
        with self._sites.lock:
            data = self._sites[site]
            return [data.comments[id] for id in reversed(data.recent)][:n]

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        return [self.page(site, thread, 1).total for thread in threads]

    def is_visible(self, comment: Comment) -> bool:
        with self._sites.lock:
            return self._sites[comment.site].is_visible(comment.id)

    def set_closed(self, site: str, thread: str, closed: bool) -> None:
        with self._sites.lock:
            data = self._sites[site]
            (data.closed.add if closed else data.closed.discard)(thread)

    def is_closed(self, site: str, thread: str) -> bool:
        return thread in self._sites[site].closed

"""Published comments of a thread, in memory."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import milliseconds
from comments.storage.pins import check_can_be_pinned, pin_refusal
from comments.storage.thread_tree import MAX_PINNED, Node, NodeState, Position, read_page
from comments.storage.values import ThreadChanges, ThreadPage, ThreadRow

from .site_data import ALL_THREADS, AllSites, SiteData


class MemoryThreads:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        with self._sites.lock:
            data, start = self._sites[site], Position.of(cursor)
            total = len(data.visible_in(thread))
            if start.parent and data.state(start.parent) is None:
                return ThreadPage((), "", total)
            depth = 1 + len(list(data.above(start.parent))) if start.parent else 0
            nodes = self._nodes(data, thread)
            roots = {node.id: node for node in nodes[""] if node.published}
            pinned = [replace(roots[id], pinned=True) for id in reversed(data.pinned.get(thread, {})) if id in roots]

            def read(lists: Sequence[tuple[Position, int]]) -> list[list[Node]]:
                return [_after(nodes[p.parent], p, newest and not p.parent)[:n] for p, n in lists]

            entries, following = read_page(read, start, limit, depth, pinned)
            rows = (
                ThreadRow(
                    data.comments[e.node.id], e.depth, e.node.replies, e.more, not e.node.published, e.node.pinned
                )
                for e in entries
            )
            return ThreadPage(tuple(rows), following, total)

    def _nodes(self, data: SiteData, thread: str) -> dict[str, list[Node]]:
        """Return the comments of a thread that readers reach, by parent."""
        replies, found = data.replies(thread), defaultdict[str, list[Node]](list)
        for c in data.comments.values():
            if c.thread == thread and (state := data.state(c.id)):
                at = milliseconds(c.received)
                found[c.parent].append(Node(c.id, at, state is NodeState.PUBLISHED, replies[c.id]))
        return found

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
                appeared=tuple(id for id in last if data.state(id)),
                disappeared=tuple(id for id, shown in last.items() if not shown and not data.state(id)),
            )

    def newest(self, site: str, thread: str, n: int) -> list[Comment]:
        with self._sites.lock:
            data = self._sites[site]
            found = [data.comments[id] for id in data.visible_in(thread)]
            return sorted(found, key=lambda c: (c.received, c.id), reverse=True)[:n]

    def recent(self, site: str, n: int) -> list[Comment]:
        with self._sites.lock:
            data = self._sites[site]
            return [data.comments[id] for id in reversed(data.recent) if data.is_visible(id)][:n]

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        return [self.page(site, thread, 1).total for thread in threads]

    def is_visible(self, comment: Comment) -> bool:
        with self._sites.lock:
            return self._sites[comment.site].is_visible(comment.id)

    def are_visible(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        return [self.is_visible(comment) for comment in comments]

    def replies(self, site: str, comments: Sequence[Comment]) -> list[int]:
        with self._sites.lock:
            return [self._sites[site].replies(comment.thread)[comment.id] for comment in comments]

    def set_pinned(self, comment: Comment, pinned: bool) -> bool:
        check_can_be_pinned(comment)
        with self._sites.lock:
            data = self._sites[comment.site]
            thread = data.comments[comment.id].thread
            pins = data.pinned.setdefault(thread, {})
            if pinned and not data.is_visible(comment.id):
                raise pin_refusal("unpublished")
            if pinned == (comment.id in pins):
                return False
            if pinned:
                if len(pins) >= MAX_PINNED:  # comments that were taken down make room
                    data.pinned[thread] = pins = {id: at for id, at in pins.items() if data.is_visible(id)}
                if len(pins) >= MAX_PINNED:
                    raise pin_refusal("full")
                pins[comment.id] = self._sites.now()
            else:
                del pins[comment.id]
            data.next_version(thread, self._sites.now())
            return True

    def are_pinned(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        with self._sites.lock:
            data = self._sites[site]
            return [c.status is Status.APPROVED and c.id in data.pinned.get(c.thread, {}) for c in comments]

    def set_closed(self, site: str, thread: str, closed: bool) -> None:
        with self._sites.lock:
            data = self._sites[site]
            (data.closed.add if closed else data.closed.discard)(thread)

    def is_closed(self, site: str, thread: str) -> bool:
        return thread in self._sites[site].closed


def _after(nodes: list[Node], position: Position, newest: bool) -> list[Node]:
    """Sort nodes and return those after a position."""
    last = (position.received, position.after)
    return [
        node
        for node in sorted(nodes, key=lambda n: (n.received, n.id), reverse=newest)
        if not position.after or ((node.received, node.id) < last if newest else (node.received, node.id) > last)
    ]

"""Published comments of threads on Redis, in reading order."""

from collections.abc import Sequence
from functools import lru_cache

from comments.lifecycle import Status
from comments.model import Comment
from comments.storage.codec import load_comment
from comments.storage.keys import WHOLE_SITE, Keys, thread_name
from comments.storage.pins import PIN_REFUSALS, check_can_be_pinned, pin_refusal
from comments.storage.thread_tree import MAX_PINNED, Node, PageEntry, Position, read_page
from comments.storage.values import LATEST_MAX, RECENT_MAX, ThreadChanges, ThreadPage, ThreadRow

from .client import Client, guarded, text
from .comments import RedisComments
from .scripts import Script

#: Comments that a process caches for readers' pages, and the bytes that each record may have: less than 15 MB in all.
CACHED_COMMENTS, LARGEST_CACHED = 1024, 4096


@guarded
class RedisThreads:
    def __init__(self, client: Client, keys: Keys, comments: RedisComments) -> None:
        self._client, self._keys, self._comments = client, keys, comments
        self._changes = Script(client, "threads/changes")
        self._children = Script(client, "threads/children")
        self._reached = Script(client, "threads/reached")
        self._pin = Script(client, "threads/pin")

    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        start, depth = Position.of(cursor), 0
        total, pinned = self._total_and_pins(site, thread)
        if start.parent:
            ((state, depth),) = self._reach(site, [(thread, start.parent)])
            if not state:
                return ThreadPage((), "", total)
            depth += 1

        def read(lists: Sequence[tuple[Position, int]]) -> list[list[Node]]:
            return self._nodes(site, thread, lists, newest)

        entries, following = read_page(read, start, limit, depth, pinned)
        comments = self._comments.load(site, [entry.node.id for entry in entries], _read_record)
        rows = (_row(entry, comment) for entry, comment in zip(entries, comments, strict=True) if comment)
        return ThreadPage(tuple(row for row in rows if row), following, total)

    def _total_and_pins(self, site: str, thread: str) -> tuple[int, list[Node]]:
        """Return the number of published comments and the pinned ones, the newest pin first."""
        k = self._keys
        pipe = self._client.pipeline(transaction=False)
        pipe.hget(k.thread_counts(site), thread_name(thread))
        pipe.zrange(k.pinned(site, thread), 0, -1, desc=True)
        total, ids = pipe.execute()
        if not ids:
            return int(total or 0), []
        pipe.hmget(k.nodes(site, thread), ids)
        pipe.zmscore(k.roots(site, thread), ids)
        found = zip(ids, *pipe.execute(), strict=True)
        return int(total or 0), [
            Node(text(id), int(at), True, _replies(node or b""), pinned=True)
            for id, node, at in found
            if at is not None and is_published(at, node)
        ]

    def _nodes(
        self, site: str, thread: str, lists: Sequence[tuple[Position, int]], newest: bool = False
    ) -> list[list[Node]]:
        """Read up to n nodes after each position. Roots come the latest first if `newest`, replies never do."""
        k = self._keys
        keys = [k.children(site, p.parent) if p.parent else k.roots(site, thread) for p, _ in lists]
        arguments = [
            {"n": n, "newest": int(newest and not p.parent), "received": p.received, "id": p.after} for p, n in lists
        ]
        found = self._children([k.nodes(site, thread), *keys], {"lists": arguments})
        return [[_node(*row) for row in zip(rows[::3], rows[1::3], rows[2::3], strict=True)] for rows in found]

    def _reach(self, site: str, comments: Sequence[tuple[str, str]]) -> list[tuple[str, int]]:
        """Return state and depth of comments, given as thread and id. The state is "" for those not reached."""
        if not comments:
            return []
        k = self._keys
        keys = [key for thread, _ in comments for key in (k.nodes(site, thread), k.roots(site, thread))]
        found = self._reached(keys, {"ids": [id for _, id in comments]})
        return [(text(state), int(depth)) for state, depth in zip(found[::2], found[1::2], strict=True)]

    def version(self, site: str, thread: str) -> int:
        return int(self._client.hget(self._keys.thread_versions(site), thread_name(thread)) or 0)

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        return self._numbers(self._keys.thread_versions(site), threads)

    def site_version(self, site: str) -> int:
        return int(self._client.hget(self._keys.thread_versions(site), WHOLE_SITE) or 0)

    def changes(self, site: str, thread: str, since: int) -> ThreadChanges:
        k = self._keys
        keys = [k.changes(site), k.thread_versions(site), k.nodes(site, thread), k.roots(site, thread)]
        version, complete, appeared, disappeared = self._changes(keys, {"thread": thread_name(thread), "since": since})
        return ThreadChanges(int(version), complete == 1, tuple(map(text, appeared)), tuple(map(text, disappeared)))

    def newest(self, site: str, thread: str, n: int) -> list[Comment]:
        pipe = self._client.pipeline(transaction=False)
        for key in (self._keys.roots(site, thread), self._keys.latest(site, thread)):
            pipe.zrange(key, 0, LATEST_MAX - 1, desc=True, withscores=True)
        found = sorted(((int(at), text(id)) for rows in pipe.execute() for id, at in rows), reverse=True)
        reached = self._reach(site, [(thread, id) for _, id in found])
        visible = [id for (_, id), (state, _) in zip(found, reached, strict=True) if state == "p"]
        return self._load(site, visible[:n])

    def recent(self, site: str, n: int) -> list[Comment]:
        ids = self._client.zrange(self._keys.recent(site), 0, RECENT_MAX - 1, desc=True)
        found: list[Comment] = []
        for start in range(0, len(ids), n):  # one step, unless a branch is hidden
            comments = self._load(site, [text(id) for id in ids[start : start + n]])
            reached = self._reach(site, [(c.thread, c.id) for c in comments])
            found += [c for c, (state, _) in zip(comments, reached, strict=True) if state == "p"]
            if len(found) >= n:
                break
        return found[:n]

    def _load(self, site: str, ids: Sequence[str]) -> list[Comment]:
        return [c for c in self._comments.load(site, ids) if c]

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        return self._numbers(self._keys.thread_counts(site), threads)

    def _numbers(self, key: str, threads: Sequence[str]) -> list[int]:
        found = self._client.hmget(key, [thread_name(t) for t in threads]) if threads else []
        return [int(n or 0) for n in found]

    def are_visible(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        return [state == "p" for state, _ in self._reach(site, [(c.thread, c.id) for c in comments])]

    def is_visible(self, comment: Comment) -> bool:
        return self.are_visible(comment.site, [comment])[0]

    def replies(self, site: str, comments: Sequence[Comment]) -> list[int]:
        k = self._keys
        pipe = self._client.pipeline(transaction=False)
        for comment in comments:
            pipe.hget(k.nodes(site, comment.thread), comment.id)
        return [_replies(node or b"") for node in pipe.execute()]

    def set_pinned(self, comment: Comment, pinned: bool) -> bool:
        check_can_be_pinned(comment)
        k, site, answer = self._keys, comment.site, "moved"
        while answer == "moved":
            thread = self._comments.get(site, comment.id).thread
            keys = [
                k.pinned(site, thread), k.thread_aliases(site), k.thread_versions(site),
                k.nodes(site, thread), k.roots(site, thread),
            ]  # fmt: skip
            named = {"thread": thread_name(thread), "id": comment.id, "pinned": pinned, "most": MAX_PINNED}
            answer = text(self._pin(keys, named))
        if answer in PIN_REFUSALS:
            raise pin_refusal(answer)
        return answer == "changed"

    def are_pinned(self, site: str, comments: Sequence[Comment]) -> list[bool]:
        pipe = self._client.pipeline(transaction=False)
        for comment in comments:
            pipe.zscore(self._keys.pinned(site, comment.thread), comment.id)
        found = zip(comments, pipe.execute(), strict=True)
        return [at is not None and comment.status is Status.APPROVED for comment, at in found]

    def set_closed(self, site: str, thread: str, closed: bool) -> None:
        change = self._client.sadd if closed else self._client.srem
        change(self._keys.closed_threads(site), thread_name(thread))

    def is_closed(self, site: str, thread: str) -> bool:
        return bool(self._client.sismember(self._keys.closed_threads(site), thread_name(thread)))


def _read_record(site: str, id: str, record: bytes) -> Comment:
    """Make a comment. A page is loaded again when one of its comments changed, so most records are cached."""
    return _cached_comment(site, id, record) if len(record) <= LARGEST_CACHED else load_comment(site, id, record)


_cached_comment = lru_cache(CACHED_COMMENTS)(load_comment)


def is_published(root: float | None, node: bytes | None) -> bool:
    """True if a comment with this score among the roots, or this node, is published."""
    return node.split(b"|")[2] == b"p" if node else root is not None


def _node(id: bytes, received: bytes, node: bytes) -> Node:
    return Node(text(id), int(float(received)), is_published(0, node), _replies(node))


def _replies(node: bytes) -> int:
    return int(node.rpartition(b"|")[2] or 0)


def _row(entry: PageEntry, comment: Comment) -> ThreadRow | None:
    """Return a row of a page. The comment may have changed since the tree was read: then it is a stub, or left out."""
    published = entry.node.published and comment.status is Status.APPROVED
    if not published and not entry.node.replies:
        return None
    node = entry.node
    return ThreadRow(comment, entry.depth, node.replies, entry.more, not published, published and node.pinned)

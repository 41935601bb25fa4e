"""Published comments of threads on Redis, in reading order."""

from collections.abc import Iterator, Mapping, Sequence

from comments.model import Comment
from comments.storage.keys import WHOLE_SITE, Keys, thread_name
from comments.storage.thread_order import children, reading_order
from comments.storage.values import ThreadChanges, ThreadPage

from .client import Client, guarded, text
from .comments import RedisComments
from .paging import page
from .scripts import Script


@guarded
class RedisThreads:
    def __init__(self, client: Client, keys: Keys, comments: RedisComments) -> None:
        self._client, self._keys, self._comments = client, keys, comments
        self._changes = Script(client, "threads/changes")

    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        roots, following = page(self._client, self._keys.roots(site, thread), cursor, limit, newest)
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(self._keys.replies(site, thread))
        pipe.hget(self._keys.thread_counts(site), thread_name(thread))
        replies, total = pipe.execute()
        rows = self._comments.load(site, list(reading_order(roots, children(_shown(replies)))))
        return ThreadPage(tuple(c for c in rows if c), following, int(total or 0))

    def version(self, site: str, thread: str) -> int:
        return int(self._client.hget(self._keys.thread_versions(site), thread_name(thread)) or 0)

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        return self._numbers(self._keys.thread_versions(site), threads)

    def site_version(self, site: str) -> int:
        return int(self._client.hget(self._keys.thread_versions(site), WHOLE_SITE) or 0)

    def changes(self, site: str, thread: str, since: int) -> ThreadChanges:
        k = self._keys
        keys = [k.changes(site), k.thread_versions(site), k.roots(site, thread), k.replies(site, thread)]
        version, complete, appeared, disappeared = self._changes(keys, {"thread": thread_name(thread), "since": since})
        return ThreadChanges(int(version), complete == 1, tuple(map(text, appeared)), tuple(map(text, disappeared)))

    def newest(self, site: str, thread: str, n: int) -> list[Comment]:
        pipe = self._client.pipeline(transaction=False)
        pipe.zrange(self._keys.roots(site, thread), 0, n - 1, desc=True, withscores=True)
        pipe.hgetall(self._keys.replies(site, thread))
        roots, replies = pipe.execute()
        found = [(int(at), text(id)) for id, at in roots] + [(at, id) for id, _, at in _shown(replies)]
        return self._load(site, [id for _, id in sorted(found, reverse=True)[:n]])

    def recent(self, site: str, n: int) -> list[Comment]:
        ids = self._client.zrange(self._keys.recent(site), 0, n - 1, desc=True)
        return self._load(site, [text(id) for id in ids])

    def _load(self, site: str, ids: Sequence[str]) -> list[Comment]:
        return [c for c in self._comments.load(site, ids) if c]

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        return self._numbers(self._keys.thread_counts(site), threads)

    def _numbers(self, key: str, threads: Sequence[str]) -> list[int]:
        found = self._client.hmget(key, [thread_name(t) for t in threads]) if threads else []
        return [int(n or 0) for n in found]

    def is_visible(self, comment: Comment) -> bool:
        pipe = self._client.pipeline(transaction=False)
        pipe.zscore(self._keys.roots(comment.site, comment.thread), comment.id)
        pipe.hget(self._keys.replies(comment.site, comment.thread), comment.id)
        return is_shown(*pipe.execute())

    def set_closed(self, site: str, thread: str, closed: bool) -> None:
        change = self._client.sadd if closed else self._client.srem
        change(self._keys.closed_threads(site), thread_name(thread))

    def is_closed(self, site: str, thread: str) -> bool:
        return bool(self._client.sismember(self._keys.closed_threads(site), thread_name(thread)))


def is_shown(root: float | None, reply: bytes | None) -> bool:
    """True if a comment with this score among the roots, or this entry among the replies, is visible."""
    return root is not None or (reply is not None and reply.endswith(b"|1"))


def _shown(replies: Mapping[bytes, bytes]) -> Iterator[tuple[str, str, int]]:
    """Yield id, parent and ms received of the visible replies."""
    for id, reply in replies.items():
        parent, at, shown = text(reply).split("|")
        if shown == "1":
            yield text(id), parent, int(at)

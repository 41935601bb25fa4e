"""Published comments of a thread, in reading order."""

from collections.abc import Sequence

from .. import ThreadPage
from ..keys import Keys, thread_name
from ..order import children, reading_order
from .client import Client, guarded, text
from .comments import RedisComments
from .paging import page


@guarded
class RedisThreads:
    def __init__(self, client: Client, keys: Keys, comments: RedisComments) -> None:
        self._client, self._keys, self._comments = client, keys, comments

    def page(self, site: str, thread: str, limit: int, cursor: str = "", newest: bool = False) -> ThreadPage:
        roots, following = page(self._client, self._keys.roots(site, thread), cursor, limit, newest)
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(self._keys.replies(site, thread))
        pipe.hget(self._keys.thread_counts(site), thread_name(thread))
        replies, total = pipe.execute()
        published = ((text(id), *text(reply).split("|")) for id, reply in replies.items())
        below = children((id, parent, int(at)) for id, parent, at, shown in published if shown == "1")
        rows = self._comments.load(site, list(reading_order(roots, below)))
        return ThreadPage(tuple(c for c in rows if c), following, int(total or 0))

    def version(self, site: str, thread: str) -> int:
        return int(self._client.hget(self._keys.thread_versions(site), thread_name(thread)) or 0)

    def counts(self, site: str, threads: Sequence[str]) -> list[int]:
        if not threads:
            return []
        found = self._client.hmget(self._keys.thread_counts(site), [thread_name(t) for t in threads])
        return [int(n or 0) for n in found]

    def set_closed(self, site: str, thread: str, closed: bool) -> None:
        change = self._client.sadd if closed else self._client.srem
        change(self._keys.closed(site), thread_name(thread))

    def is_closed(self, site: str, thread: str) -> bool:
        return bool(self._client.sismember(self._keys.closed(site), thread_name(thread)))

"""Threads without new comments on Redis, by the times in the tree of each thread."""

from collections.abc import Sequence
from datetime import datetime

from comments.storage.codec import milliseconds
from comments.storage.keys import Keys, thread_name
from comments.storage.quiet_threads import REST, QuietThread

from .client import Client, guarded, text
from .threads import is_published

#: Stands for a pass that has ended.
_RESTS = "\n"
_NODES_PER_SCAN = 500


@guarded
class RedisQuietThreads:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def some(self, site: str, before: datetime, after: str, n: int) -> tuple[list[QuietThread], str]:
        k, low = self._keys, f"({after}" if after else "-"
        names = [text(name) for name in self._client.zrangebylex(k.known_threads(site), low, "+", 0, n)]
        if not names:
            return [], ""
        pipe = self._client.pipeline(transaction=False)
        pipe.hmget(k.thread_counts(site), [thread_name(name) for name in names])
        for name in names:
            pipe.zrange(k.roots(site, name), 0, 0, desc=True, withscores=True)
            pipe.zrange(k.latest(site, name), 0, 0, desc=True, withscores=True)
        counts, *lasts = pipe.execute()
        found = []
        for name, n_published, roots, replies in zip(names, counts, lasts[::2], lasts[1::2], strict=True):
            last = max((at for _, at in (*roots, *replies)), default=0)
            if int(n_published or 0) > 0 and last < milliseconds(before):
                found.append(QuietThread(name, int(n_published)))
        return found, names[-1] if len(names) == n else ""

    def published(self, site: str, thread: str, n: int) -> Sequence[str]:
        k, ids = self._keys, list[str]()
        for id, node in self._client.hscan_iter(k.nodes(site, thread), count=_NODES_PER_SCAN):
            ids += [text(id)] if is_published(None, node) else []
            if len(ids) >= n:
                return ids
        roots = self._client.zrange(k.roots(site, thread), 0, n - 1)
        nodes = self._client.hmget(k.nodes(site, thread), roots) if roots else []
        alone = [text(id) for id, node in zip(roots, nodes, strict=True) if node is None]
        return [*ids, *alone]

    def place(self, site: str) -> str | None:
        found = text(self._client.get(self._keys.quiet_pass(site)) or b"")
        return None if found == _RESTS else found

    def move(self, site: str, after: str) -> None:
        if after:
            self._client.set(self._keys.quiet_pass(site), after)
        else:
            self._client.set(self._keys.quiet_pass(site), _RESTS, ex=REST)

"""Check and repair the index of threads on Redis from the comments."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from redis import WatchError

from comments.model import Comment
from comments.storage.codec import milliseconds
from comments.storage.keys import WHOLE_SITE, Keys, thread_name
from comments.storage.thread_index import ThreadIndex, thread_index
from comments.storage.thread_tree import NodeState, node_state
from comments.storage.values import LATEST_MAX

from .client import Client, guarded, text
from .comments import RedisComments

T = TypeVar("T")

#: Entries that one command reads or writes.
ENTRIES_AT_ONCE = 500


@guarded
class RedisThreadIndexes:
    def __init__(self, client: Client, keys: Keys, comments: RedisComments) -> None:
        self._client, self._keys, self._comments = client, keys, comments

    def repair(self, site: str, thread: str, ids: Collection[str], check: bool = False) -> bool:
        """Return False if the index of a thread agrees with its comments; otherwise replace it, unless `check`.

        `ids` names its published comments. Those published since, and all above them, are found here. A decision about
        the thread in the meantime starts it again.
        """
        k = self._keys
        with self._client.pipeline() as pipe:
            while True:
                try:
                    pipe.watch(k.nodes(site, thread), k.roots(site, thread))
                    found = self._read(site, thread, {})
                    comments = self._with_ancestors(site, {*ids, *found.nodes, *found.lists.get("", ())})
                    wanted = thread_index(comments.values())
                    found = self._read(site, thread, comments)
                    if found == wanted or check:
                        return found != wanted
                    pipe.multi()
                    self._queue(pipe, site, thread, comments.values(), wanted)
                    pipe.execute()
                except WatchError:
                    continue
                return True

    def hiding(self, site: str) -> Iterator[str]:
        """Yield the ids of the comments that hide everything below them."""
        k = self._keys
        for thread, _ in self._client.zscan_iter(k.known_threads(site), count=ENTRIES_AT_ONCE):
            for id, node in self._client.hscan_iter(k.nodes(site, text(thread)), count=ENTRIES_AT_ONCE):
                if node.split(b"|")[2] == NodeState.HIDDEN.encode():
                    yield text(id)

    def _with_ancestors(self, site: str, ids: Iterable[str]) -> dict[str, Comment]:
        found: dict[str, Comment] = {}
        missing = set(ids)
        while missing:
            for batch in _batches(sorted(missing)):
                found |= {c.id: c for c in self._comments.load(site, batch) if c}
            missing = {c.parent for c in found.values() if c.parent} - found.keys() - missing
        return found

    def _read(self, site: str, thread: str, parents: Iterable[str]) -> ThreadIndex:
        """Read the index: its top level, and what is listed below `parents`."""
        k, named = self._keys, ["", *parents]
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(k.nodes(site, thread))
        pipe.hget(k.thread_counts(site), thread_name(thread))
        for parent in named:
            pipe.zrange(k.children(site, parent) if parent else k.roots(site, thread), 0, -1, withscores=True)
        nodes, total, *lists = pipe.execute()
        return ThreadIndex(
            {text(id): text(node) for id, node in nodes.items()},
            {p: {text(id): int(at) for id, at in rows} for p, rows in zip(named, lists, strict=True) if rows},
            int(total or 0),
        )

    def _queue(self, pipe: Any, site: str, thread: str, comments: Collection[Comment], wanted: ThreadIndex) -> None:
        k = self._keys
        latest = {c.id: milliseconds(c.received) for c in comments if c.parent and node_state(c) is NodeState.PUBLISHED}
        last = dict(sorted(latest.items(), key=lambda row: (row[1], row[0]))[-LATEST_MAX:])
        lists = [(k.children(site, p) if p else k.roots(site, thread), rows) for p, rows in wanted.lists.items()]
        old = [k.nodes(site, thread), k.roots(site, thread), k.latest(site, thread)]
        for names in _batches([*old, *(k.children(site, c.id) for c in comments)]):
            pipe.delete(*names)
        for nodes in _batches(list(wanted.nodes.items())):
            pipe.hset(k.nodes(site, thread), mapping=dict(nodes))
        for key, rows in [*lists, (k.latest(site, thread), last)]:
            for part in _batches(list(rows.items())):
                pipe.zadd(key, dict(part))
        pipe.hset(k.thread_counts(site), thread_name(thread), wanted.total)
        for name in (thread_name(thread), WHOLE_SITE):  # cached pages and counts end with the version that they show
            pipe.hincrby(k.thread_versions(site), name, 1)


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + ENTRIES_AT_ONCE] for start in range(0, len(rows), ENTRIES_AT_ONCE))

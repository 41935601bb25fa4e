"""What waits: comments for the filters, and events for the outbox's reader."""

from collections.abc import Sequence

from comments.lifecycle import Status
from comments.pseudonyms import new_id
from comments.storage.codec import moment
from comments.storage.keys import Keys
from comments.storage.values import Claim, OutboxEvent, QueueDepth

from .client import Client, guarded, script, text
from .comments import WAKE_MS


@guarded
class RedisQueue:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._claim = script(client, "wakes", "claim")
        self._release = script(client, "wakes", "release")
        self._wake = script(client, "wakes", "wake")

    def claim(self, site: str, token: str, n: int, lease: float) -> list[Claim]:
        k = self._keys
        flat = self._claim(
            keys=[k.due(site), k.wakes(site), k.attempts(site), k.counters(site)],
            args=[token, n, round(lease * 1000), WAKE_MS],
        )
        return [Claim(text(id), attempts) for id, attempts in zip(flat[::2], flat[1::2], strict=True)]

    def release(self, site: str, ids: Sequence[str]) -> None:
        if ids:
            self._release(keys=[self._keys.due(site)], args=list(ids))

    def missing_wakeups(self, site: str, batch: int, max_wakes: int) -> list[str]:
        fresh = [new_id() for _ in range(max_wakes)]
        args = [batch, max_wakes, WAKE_MS, *fresh]
        return [text(token) for token in self._wake(keys=[self._keys.wakes(site), self._keys.due(site)], args=args)]

    def depth(self, site: str) -> QueueDepth:
        pipe = self._client.pipeline(transaction=False)
        pipe.zcard(self._keys.status(site, Status.QUEUED))
        pipe.zrange(self._keys.status(site, Status.QUEUED), 0, 0, withscores=True)
        queued, first = pipe.execute()
        return QueueDepth(queued, moment(first[0][1]) if first else None)


@guarded
class RedisOutbox:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def read(self, site: str, n: int) -> list[OutboxEvent]:
        return [
            OutboxEvent(text(id), text(e[b"c"]), int(e[b"v"]), Status(text(e[b"b"])), Status(text(e[b"a"])))
            for id, e in self._client.xrange(self._keys.outbox(site), count=n)
        ]

    def done(self, site: str, ids: Sequence[str]) -> None:
        if ids:
            self._client.xdel(self._keys.outbox(site), *ids)

    def length(self, site: str) -> int:
        return int(self._client.xlen(self._keys.outbox(site)))

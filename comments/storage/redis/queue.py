"""The judging queue and the outbox on Redis."""

from collections.abc import Sequence
from itertools import islice

from comments.lifecycle import Status
from comments.pseudonyms import new_id
from comments.storage.codec import moment
from comments.storage.keys import Keys
from comments.storage.values import Claim, OutboxEvent, QueueDepth

from .client import Client, guarded, text
from .comments import WAKEUP_MS
from .scripts import Script

#: Fields of a hash that one step of a scan reads.
_FIELDS_PER_SCAN = 1000


@guarded
class RedisQueue:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._claim = Script(client, "queue/claim")
        self._release = Script(client, "queue/release")
        self._wakeups_missing = Script(client, "queue/wakeups_missing")

    def claim(self, site: str, token: str, n: int, lease: float, id: str = "") -> list[Claim]:
        k = self._keys
        flat = self._claim(
            [k.due(site), k.wakeups(site), k.attempts(site), k.counters(site), k.claimed(site, id), k.due_checks(site)],
            {"token": token, "n": n, "lease_ms": round(lease * 1000), "wakeup_ms": WAKEUP_MS, "has_id": bool(id)},
        )
        return [Claim(text(one), int(attempts)) for one, attempts in zip(flat[::2], flat[1::2], strict=True)]

    def release(self, site: str, ids: Sequence[str]) -> None:
        if ids:
            self._release([self._keys.due(site), self._keys.due_checks(site)], {"ids": list(ids)})

    def attempts(self, site: str, least: int, n: int) -> list[Claim]:
        found = self._client.hscan_iter(self._keys.attempts(site), count=_FIELDS_PER_SCAN)
        claims = (Claim(text(id), int(attempts)) for id, attempts in found)
        return list(islice((claim for claim in claims if claim.attempts >= least), n))

    def restart(self, site: str, id: str) -> None:
        self._client.hdel(self._keys.attempts(site), id)
        self.release(site, [id])

    def missing_wakeups(
        self, site: str, batch: int, max_wakeups: int, lease: float, waiting: Sequence[str] = ()
    ) -> list[str]:
        tokens = self._wakeups_missing(
            [self._keys.wakeups(site), self._keys.due(site), self._keys.due_checks(site)],
            {
                "batch": batch,
                "max_wakeups": max_wakeups,
                "wakeup_ms": WAKEUP_MS,
                "lease_ms": round(lease * 1000),
                "waiting": list(waiting),
                "tokens": [new_id() for _ in range(max_wakeups)],
            },
        )
        return [text(token) for token in tokens]

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

"""What waits, in memory: the promises of claim.lua, wake.lua and the outbox."""

from collections.abc import Sequence

from comments.lifecycle import Status
from comments.pseudonyms import new_id
from comments.storage.values import Claim, OutboxEvent, QueueDepth

from .comments import WAKE_SECONDS
from .site_data import Shelves


class MemoryQueue:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def claim(self, site: str, token: str, n: int, lease: float) -> list[Claim]:
        with self._shelves.lock:
            shelf, now = self._shelves[site], self._shelves.now()
            due = sorted((at, id) for id, at in shelf.due.items() if at <= now)[:n]
            if not due:
                shelf.wakes.pop(token, None)
                return []
            ids = [id for _, id in due]
            again = next((i for i, id in enumerate(ids) if shelf.attempts[id]), len(ids))
            ids = ids[: max(1, again)]
            for id in ids:
                shelf.due[id] = now + lease
                shelf.attempts[id] += 1
            shelf.claims += len(ids)
            shelf.wakes[token] = now + WAKE_SECONDS
            return [Claim(id, shelf.attempts[id]) for id in ids]

    def release(self, site: str, ids: Sequence[str]) -> None:
        with self._shelves.lock:
            shelf = self._shelves[site]
            shelf.due |= {id: self._shelves.now() for id in ids if id in shelf.due}

    def missing_wakeups(self, site: str, batch: int, max_wakeups: int) -> list[str]:
        with self._shelves.lock:
            shelf, now = self._shelves[site], self._shelves.now()
            fresh = [new_id() for _ in range(shelf.wakes_missing(now, batch, max_wakeups))]
            shelf.wakes |= dict.fromkeys(fresh, now + WAKE_SECONDS)
            return fresh

    def depth(self, site: str) -> QueueDepth:
        queued = self._shelves[site].in_status(Status.QUEUED)
        return QueueDepth(len(queued), queued[0].received if queued else None)


class MemoryOutbox:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def read(self, site: str, n: int) -> list[OutboxEvent]:
        return self._shelves[site].events[:n]

    def done(self, site: str, ids: Sequence[str]) -> None:
        with self._shelves.lock:
            shelf = self._shelves[site]
            shelf.events = [e for e in shelf.events if e.id not in ids]

    def length(self, site: str) -> int:
        return len(self._shelves[site].events)

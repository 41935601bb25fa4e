"""The judging queue and the outbox in memory: the counterpart of the scripts in lua/queue."""

from collections.abc import Sequence

from comments.lifecycle import Status
from comments.pseudonyms import new_id
from comments.storage.values import Claim, OutboxEvent, QueueDepth

from .site_data import WAKEUP_SECONDS, AllSites


class MemoryQueue:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def claim(self, site: str, token: str, n: int, lease: float, id: str = "") -> list[Claim]:
        with self._sites.lock:
            data, now = self._sites[site], self._sites.now()
            if id in data.claimed:
                return data.claimed[id]
            checks, comments = (sorted((at, one) for one, at in due.items() if at <= now)[:n] for due in data.queues)
            n_comments = min(len(comments), max(n - len(checks), n // 2))
            ids = [one for _, one in (*checks[: n - n_comments], *comments[:n_comments])]
            if not ids:
                data.wakeups.pop(token, None)
                return []
            claimed_before = next((i for i, one in enumerate(ids) if data.attempts[one]), len(ids))
            ids = ids[: max(1, claimed_before)]
            for one in ids:
                queue = data.due_checks if one in data.due_checks else data.due
                queue[one] = now + lease
                data.attempts[one] += 1
            data.claims += sum(one in data.due for one in ids)
            data.wakeups |= {token: now + WAKEUP_SECONDS} if token else {}
            claims = [Claim(one, data.attempts[one]) for one in ids]
            data.claimed |= {id: claims} if id else {}
            return claims

    def release(self, site: str, ids: Sequence[str]) -> None:
        with self._sites.lock:
            data = self._sites[site]
            for queue in data.queues:
                queue |= {id: self._sites.now() for id in ids if id in queue}

    def attempts(self, site: str, least: int, n: int) -> list[Claim]:
        with self._sites.lock:
            found = [Claim(id, attempts) for id, attempts in self._sites[site].attempts.items() if attempts >= least]
        return found[:n]

    def restart(self, site: str, id: str) -> None:
        with self._sites.lock:
            self._sites[site].attempts.pop(id, None)
        self.release(site, [id])

    def missing_wakeups(
        self, site: str, batch: int, max_wakeups: int, lease: float, waiting: Sequence[str] = ()
    ) -> list[str]:
        with self._sites.lock:
            data, now = self._sites[site], self._sites.now()
            data.wakeups = {token: at for token, at in data.wakeups.items() if at <= now + 2 * WAKEUP_SECONDS}
            data.wakeups |= dict.fromkeys(waiting, now + WAKEUP_SECONDS)
            for queue in data.queues:
                queue |= {id: now for id, at in queue.items() if at > now + 2 * lease}
            tokens = [new_id() for _ in range(data.wakeups_missing(now, batch, max_wakeups))]
            data.wakeups |= dict.fromkeys(tokens, now + WAKEUP_SECONDS)
            return tokens

    def depth(self, site: str) -> QueueDepth:
        queued = self._sites[site].in_status(Status.QUEUED)
        return QueueDepth(len(queued), queued[0].received if queued else None)


class MemoryOutbox:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def read(self, site: str, n: int) -> list[OutboxEvent]:
        return self._sites[site].events[:n]

    def done(self, site: str, ids: Sequence[str]) -> None:
        with self._sites.lock:
            data = self._sites[site]
            data.events = [event for event in data.events if event.id not in ids]

    def length(self, site: str) -> int:
        return len(self._sites[site].events)

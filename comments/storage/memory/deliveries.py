"""Deliveries to webhooks in memory: the promises of put.lua, take.lua, settle.lua and drop.lua."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from comments.errors import NotFound
from comments.storage.delivery_retry import DELIVERIES_KEPT, RECEIVER_PAUSES, counter_of, delivery_figures
from comments.storage.values import Delivery, DeliveryFigures, DeliveryStatus


@dataclass(slots=True)
class _Tray:
    """One site's deliveries; times are seconds since the epoch."""

    records: dict[str, Delivery] = field(default_factory=dict)
    put: dict[str, float] = field(default_factory=dict)  # pending id -> when it was put
    over: dict[str, float] = field(default_factory=dict)  # id -> when it ended
    rests: dict[str, float] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    asked: set[str] = field(
        default_factory=set
    )  # webhooks that rest because a courier asks whether they are well again
    lanes: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))  # webhook -> comment -> due
    results: Counter[str] = field(default_factory=Counter)

    def head(self, webhook: str, comment: str) -> str:
        lane = [id for id in self.put if id.startswith(f"{webhook}:{comment}:")]
        return min(lane, default="")


class MemoryDeliveries:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock = now, Lock()
        self._trays: dict[str, _Tray] = defaultdict(_Tray)

    def enqueue(self, site: str, webhook: str, deliveries: Sequence[Delivery]) -> None:
        with self._lock:
            tray = self._trays[site]
            for d in deliveries:
                if d.id not in tray.records:
                    tray.records[d.id], tray.put[d.id] = d, self._time()
                    tray.lanes[webhook].setdefault(d.comment, self._time())

    def due(self, site: str, webhooks: Sequence[str]) -> list[str]:
        with self._lock:
            return [webhook for webhook in webhooks if self._first(self._trays[site], webhook)]

    def _first(self, tray: _Tray, webhook: str) -> str:
        """The comment whose delivery to the webhook is due first; "" for none, or while the webhook rests."""
        now = self._time()
        due = sorted((at, comment) for comment, at in tray.lanes[webhook].items() if at <= now)
        return due[0][1] if due and tray.rests.get(webhook, 0.0) <= now else ""

    def claim(self, site: str, webhook: str, lease: float) -> Delivery | None:
        with self._lock:
            tray = self._trays[site]
            comment = self._first(tray, webhook)
            if not comment:
                return None
            tray.lanes[webhook][comment] = self._time() + lease
            if tray.failures[webhook]:
                tray.rests[webhook] = self._time() + lease
                tray.asked.add(webhook)
            return tray.records[tray.head(webhook, comment)]

    def finish(self, site: str, before: Delivery, after: Delivery, healthy: bool | None = None) -> bool:
        with self._lock:
            tray = self._trays[site]
            if tray.records.get(after.id) != before:
                return False
            tray.records[after.id] = after
            tray.results.update(filter(None, [counter_of(before, after)]))
            self._rest(tray, after.webhook, healthy)
            if after.course is DeliveryStatus.PENDING:
                tray.over.pop(after.id, None)
                tray.put.setdefault(after.id, self._time())
                tray.lanes[after.webhook][after.comment] = after.due.timestamp()
            else:
                self._end(tray, after)
            return True

    def _rest(self, tray: _Tray, webhook: str, healthy: bool | None) -> None:
        resting = tray.rests.get(webhook, 0.0) > self._time() and webhook not in tray.asked
        if healthy is False and resting:
            return  # what was out together fails together, and counts once
        tray.rests[webhook] = 0.0
        tray.asked.discard(webhook)
        if healthy:
            del tray.failures[webhook]
        elif healthy is False:
            tray.rests[webhook] = self._time() + RECEIVER_PAUSES[min(tray.failures[webhook], len(RECEIVER_PAUSES) - 1)]
            tray.failures[webhook] += 1

    def _end(self, tray: _Tray, delivery: Delivery) -> None:
        tray.put.pop(delivery.id, None)
        if tray.head(delivery.webhook, delivery.comment):
            tray.lanes[delivery.webhook][delivery.comment] = self._time()
        else:
            tray.lanes[delivery.webhook].pop(delivery.comment, None)
        tray.over[delivery.id] = self._time()
        for id in _latest(tray.over)[DELIVERIES_KEPT:]:
            del tray.over[id], tray.records[id]

    def get(self, site: str, id: str) -> Delivery:
        try:
            return self._trays[site].records[id]
        except KeyError:
            raise NotFound("there is no such delivery any more") from None

    def recent(self, site: str, n: int) -> list[Delivery]:
        with self._lock:
            tray = self._trays[site]
            return [tray.records[id] for id in [*_latest(tray.put)[: n // 2], *_latest(tray.over)][:n]]

    def forget(self, site: str, webhook: str) -> None:
        with self._lock:
            tray = self._trays[site]
            for id in [id for id in tray.put if id.startswith(f"{webhook}:")]:
                del tray.put[id], tray.records[id]
            tray.asked.discard(webhook)
            for kept in (tray.lanes, tray.rests, tray.failures):
                kept.pop(webhook, None)

    def figures(self, site: str) -> DeliveryFigures:
        tray = self._trays[site]
        return delivery_figures(len(tray.put), tray.results)

    def _time(self) -> float:
        return self._now().timestamp()


def _latest(times: dict[str, float]) -> list[str]:
    return sorted(times, key=lambda id: (times[id], id), reverse=True)

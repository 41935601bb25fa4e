"""Deliveries on Redis: for each comment and receiver, one delivery at a time."""

import time
from collections.abc import Sequence
from functools import partial

from comments.errors import NotFound
from comments.storage.codec import dump, load, milliseconds
from comments.storage.deliveries import (
    DELIVERIES_KEPT,
    RECEIVER_PAUSES,
    Delivery,
    DeliveryFigures,
    DeliveryStatus,
    counter_of,
    delivery_figures,
)
from comments.storage.keys import Keys

from .client import Client, guarded, text
from .scripts import Script
from .unchanged_records import unchanged_bytes


@guarded
class RedisDeliveries:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._enqueue = Script(client, "delivery/enqueue")
        self._claim = Script(client, "delivery/claim")
        self._finish = Script(client, "delivery/finish")
        self._forget = Script(client, "delivery/forget")

    def enqueue(self, site: str, webhook: str, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            k = self._keys
            self._enqueue(
                [
                    k.deliveries(site),
                    k.deliveries_pending(site),
                    k.next_attempts(site, webhook),
                    k.pending_versions(site, webhook),
                ],
                {"deliveries": [(d.id, d.comment) for d in deliveries]},
                *(dump(d) for d in deliveries),
            )

    def due(self, site: str, webhooks: Sequence[str]) -> list[str]:
        if not webhooks:
            return []
        pipe, now = self._client.pipeline(transaction=False), time.time() * 1000
        pipe.hmget(self._keys.receiver_pauses(site), webhooks)
        for webhook in webhooks:
            pipe.zcount(self._keys.next_attempts(site, webhook), "-inf", now)
        pauses, *counts = pipe.execute()
        rows = zip(webhooks, pauses, counts, strict=True)
        return [webhook for webhook, pause, n in rows if n and (pause is None or float(pause.split(b"|")[0]) <= now)]

    def claim(self, site: str, webhook: str, lease: float) -> Delivery | None:
        k = self._keys
        record = self._claim(
            [
                k.deliveries(site),
                k.receiver_pauses(site),
                k.next_attempts(site, webhook),
                k.pending_versions(site, webhook),
            ],
            {"webhook": webhook, "lease_ms": round(lease * 1000)},
        )
        return load(Delivery, record) if record else None

    def finish(self, site: str, before: Delivery, after: Delivery, healthy: bool | None = None) -> bool:
        k, webhook = self._keys, after.webhook
        stored = unchanged_bytes(self._client.hget(k.deliveries(site), after.id), before, partial(load, Delivery))
        if stored is None:
            return False
        applied = self._finish(
            [
                k.deliveries(site), k.deliveries_pending(site), k.deliveries_finished(site), k.receiver_pauses(site),
                k.counters(site), k.next_attempts(site, webhook), k.pending_versions(site, webhook),
            ],
            {
                "webhook": webhook, "id": after.id, "comment": after.comment,
                "due": milliseconds(after.due) if after.state is DeliveryStatus.PENDING else 0,
                "receiver": "unknown" if healthy is None else "works" if healthy else "fails",
                "counter": counter_of(before, after), "kept": DELIVERIES_KEPT,
                "pauses": [round(seconds * 1000) for seconds in RECEIVER_PAUSES],
            },
            stored,
            dump(after),
        )  # fmt: skip
        return bool(applied)

    def get(self, site: str, id: str) -> Delivery:
        record = self._client.hget(self._keys.deliveries(site), id)
        if record is None:
            raise NotFound("there is no such delivery")
        return load(Delivery, record)

    def recent(self, site: str, n: int) -> list[Delivery]:
        pipe = self._client.pipeline(transaction=False)
        pipe.zrevrange(self._keys.deliveries_pending(site), 0, n // 2 - 1)
        pipe.zrevrange(self._keys.deliveries_finished(site), 0, n - 1)
        pending, over = pipe.execute()
        ids = [*pending, *over][:n]
        records = self._client.hmget(self._keys.deliveries(site), ids) if ids else []
        return [load(Delivery, record) for record in records if record]

    def forget(self, site: str, webhook: str) -> None:
        k = self._keys
        keys = [k.deliveries(site), k.deliveries_pending(site), k.receiver_pauses(site)]
        self._forget([*keys, k.next_attempts(site, webhook), k.pending_versions(site, webhook)], {"webhook": webhook})

    def figures(self, site: str) -> DeliveryFigures:
        pipe = self._client.pipeline(transaction=False)
        pipe.zcard(self._keys.deliveries_pending(site))
        pipe.hgetall(self._keys.counters(site))
        pending, totals = pipe.execute()
        return delivery_figures(pending, {text(name): int(float(n)) for name, n in totals.items()})

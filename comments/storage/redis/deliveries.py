"""Deliveries on Redis: for each comment and receiver, one delivery at a time."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from comments.errors import NotFound
from comments.storage.codec import dump, load, milliseconds
from comments.storage.deliveries import (
    DELIVERIES_KEPT,
    RECEIVER_PAUSES,
    Delivery,
    DeliveryAttempt,
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
        self._due = Script(client, "delivery/due")

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
        k = self._keys
        keys = [k.deliveries_pending(site), k.receiver_pauses(site)]
        keys += [k.next_attempts(site, webhook) for webhook in webhooks]
        return [text(webhook) for webhook in self._due(keys, {"webhooks": list(webhooks)})]

    def claim(self, site: str, webhook: str, lease: float, n: int = 1) -> list[Delivery]:
        k = self._keys
        records = self._claim(
            [
                k.deliveries(site),
                k.receiver_pauses(site),
                k.next_attempts(site, webhook),
                k.pending_versions(site, webhook),
            ],
            {"webhook": webhook, "lease_ms": round(lease * 1000), "n": n},
        )
        return [load(Delivery, record) for record in records if record]

    def release(self, site: str, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            due = {delivery.comment: 0 for delivery in deliveries}
            self._client.zadd(self._keys.next_attempts(site, deliveries[0].webhook), due, xx=True)

    def finish(self, site: str, attempts: Sequence[DeliveryAttempt]) -> list[bool]:
        expected = [dump(attempt.before) for attempt in attempts]
        applied = self._finish_if(site, attempts, expected)
        if all(applied):
            return applied
        # Another version may have stored the same delivery with other bytes.
        ids = [attempt.after.id for attempt in attempts]
        stored = self._client.hmget(self._keys.deliveries(site), ids)
        parse = partial(load, Delivery)
        same = [unchanged_bytes(now, attempt.before, parse) for now, attempt in zip(stored, attempts, strict=True)]
        again = [i for i, done in enumerate(applied) if not done and same[i]]
        repeated = self._finish_if(site, [attempts[i] for i in again], [same[i] or b"" for i in again])
        for i, done in zip(again, repeated, strict=True):
            applied[i] = done
        return applied

    def _finish_if(self, site: str, attempts: Sequence[DeliveryAttempt], expected: Sequence[bytes]) -> list[bool]:
        """Replace deliveries whose stored records are as expected."""
        if not attempts:
            return []
        k, webhook = self._keys, attempts[0].after.webhook
        records = [
            record for attempt, was in zip(attempts, expected, strict=True) for record in (was, dump(attempt.after))
        ]
        applied = self._finish(
            [
                k.deliveries(site), k.deliveries_pending(site), k.deliveries_finished(site), k.receiver_pauses(site),
                k.counters(site), k.next_attempts(site, webhook), k.pending_versions(site, webhook),
            ],
            {
                "webhook": webhook, "kept": DELIVERIES_KEPT, "attempts": [_named(attempt) for attempt in attempts],
                "pauses": [round(seconds * 1000) for seconds in RECEIVER_PAUSES],
            },
            *records,
        )  # fmt: skip
        return [bool(done) for done in applied]

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


def _named(attempt: DeliveryAttempt) -> dict[str, Any]:
    after, healthy = attempt.after, attempt.healthy
    return {
        "id": after.id,
        "comment": after.comment,
        "due": milliseconds(after.due) if after.state is DeliveryStatus.PENDING else 0,
        "receiver": "unknown" if healthy is None else "works" if healthy else "fails",
        "counter": counter_of(attempt.before, after),
    }

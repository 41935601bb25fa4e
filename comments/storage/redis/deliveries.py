"""Deliveries on Redis: a lane for each comment and receiver, with one delivery out at a time."""

import time
from collections.abc import Sequence

from comments.errors import NotFound
from comments.storage.codec import dump, load, milliseconds
from comments.storage.delivery_retry import DELIVERIES_KEPT, RECEIVER_PAUSES, counter_of, delivery_figures
from comments.storage.keys import Keys
from comments.storage.values import Delivery, DeliveryFigures, DeliveryStatus

from .client import Client, guarded, script, text


@guarded
class RedisDeliveries:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._put = script(client, "wakes", "put")
        self._take = script(client, "wakes", "lane", "take")
        self._settle = script(client, "wakes", "lane", "settle")
        self._drop = script(client, "drop")

    def enqueue(self, site: str, webhook: str, deliveries: Sequence[Delivery]) -> None:
        k = self._keys
        args: list[str | bytes] = []
        for d in deliveries:
            args += [d.id, d.comment, dump(d)]
        if args:
            keys = [k.deliveries(site), k.deliveries_pending(site), k.lanes(site, webhook), k.versions(site, webhook)]
            self._put(keys=keys, args=args)

    def due(self, site: str, webhooks: Sequence[str]) -> list[str]:
        if not webhooks:
            return []
        pipe, now = self._client.pipeline(transaction=False), time.time() * 1000
        pipe.hmget(self._keys.rests(site), webhooks)
        for webhook in webhooks:
            pipe.zcount(self._keys.lanes(site, webhook), "-inf", now)
        rests, *counts = pipe.execute()
        rows = zip(webhooks, rests, counts, strict=True)
        return [webhook for webhook, rest, n in rows if n and (rest is None or float(rest.split(b"|")[0]) <= now)]

    def claim(self, site: str, webhook: str, lease: float) -> Delivery | None:
        k = self._keys
        keys = [k.deliveries(site), k.rests(site), k.lanes(site, webhook), k.versions(site, webhook)]
        record = self._take(keys=keys, args=[webhook, round(lease * 1000)])
        return load(Delivery, record) if record else None

    def finish(self, site: str, before: Delivery, after: Delivery, healthy: bool | None = None) -> bool:
        k, webhook = self._keys, after.webhook
        return bool(
            self._settle(
                keys=[
                    k.deliveries(site), k.deliveries_pending(site), k.deliveries_over(site), k.rests(site),
                    k.counters(site), k.lanes(site, webhook), k.versions(site, webhook),
                ],
                args=[
                    webhook, after.id, after.comment, dump(before), dump(after),
                    milliseconds(after.due) if after.course is DeliveryStatus.PENDING else "",
                    "" if healthy is None else "good" if healthy else "bad",
                    counter_of(before, after), DELIVERIES_KEPT, *(round(seconds * 1000) for seconds in RECEIVER_PAUSES),
                ],
            )
        )  # fmt: skip

    def get(self, site: str, id: str) -> Delivery:
        record = self._client.hget(self._keys.deliveries(site), id)
        if record is None:
            raise NotFound("there is no such delivery any more")
        return load(Delivery, record)

    def recent(self, site: str, n: int) -> list[Delivery]:
        pipe = self._client.pipeline(transaction=False)
        pipe.zrevrange(self._keys.deliveries_pending(site), 0, n // 2 - 1)
        pipe.zrevrange(self._keys.deliveries_over(site), 0, n - 1)
        pending, over = pipe.execute()
        ids = [*pending, *over][:n]
        records = self._client.hmget(self._keys.deliveries(site), ids) if ids else []
        return [load(Delivery, record) for record in records if record]

    def forget(self, site: str, webhook: str) -> None:
        k = self._keys
        keys = [k.deliveries(site), k.deliveries_pending(site), k.rests(site)]
        self._drop(keys=[*keys, k.lanes(site, webhook), k.versions(site, webhook)], args=[webhook])

    def figures(self, site: str) -> DeliveryFigures:
        pipe = self._client.pipeline(transaction=False)
        pipe.zcard(self._keys.deliveries_pending(site))
        pipe.hgetall(self._keys.counters(site))
        pending, totals = pipe.execute()
        return delivery_figures(pending, {text(name): int(float(n)) for name, n in totals.items()})

"""A delivery process, and the state of its deliveries."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from comments.site import Webhook
from comments.storage.deliveries import Delivery, DeliveryAttempt
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, settings
from tests.support.receiver import Receiver, says
from tests.support.recorded_jobs import RecordedJobs
from workers.delivery.guarded_http import GuardedHTTP
from workers.delivery.sender_pool import SenderPool
from workers.deps import Deps, now, set_deps
from workers.judging.policy import build_policy

BROKEN = says(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")
NOTHING_TRUSTED: frozenset[str] = frozenset()


def a_webhook(receiver: Receiver, id: str = "hook", **changes: Any) -> Webhook:
    return replace(Webhook(id, receiver.url, datetime.now(UTC), ("k1",)), **changes)


def delivery_deps(
    storage: Storage, *webhooks: Webhook, trusted: frozenset[str] | None = None, total: float = 60.0, **changes: Any
) -> Deps:
    """Install dependencies that deliver to these webhooks, with a time limit of `total` seconds per attempt."""
    storage.sites.put(a_site(webhooks=webhooks))
    hosts = frozenset(webhook.url.split("/")[2] for webhook in webhooks) if trusted is None else trusted
    http = GuardedHTTP(hosts, total=total)
    made = Deps(settings(**changes), storage, now, RecordedJobs(), (), build_policy((), {}), http=http)
    set_deps(made)
    return made


def received_events(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in receiver.requests]


def received_ids(receiver: Receiver) -> list[str]:
    return [event["id"] for event in received_events(receiver)]


def deliveries_by_event(storage: Storage) -> dict[str, Delivery]:
    return {delivery.event: delivery for delivery in storage.deliveries.recent("blog", 200)}


def is_idle(storage: Storage) -> bool:
    return storage.deliveries.figures("blog").pending == 0


def make_due(storage: Storage, delivery: Delivery) -> None:
    """Make a delivery due now, instead of waiting for its backoff."""
    assert finish(storage, delivery, replace(delivery, due=datetime.now(UTC)))


def claimed(storage: Storage, webhook: str, lease: float) -> Delivery | None:
    return next(iter(storage.deliveries.claim("blog", webhook, lease)), None)


def finish(storage: Storage, before: Delivery, after: Delivery, healthy: bool | None = None) -> bool:
    (done,) = storage.deliveries.finish("blog", [DeliveryAttempt(before, after, healthy)])
    return done


def closed_sender_pool() -> SenderPool:
    senders = SenderPool()
    senders.close()
    return senders

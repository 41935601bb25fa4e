"""From the outbox to the receivers: at least once, in order for each comment, for a day.

Every step can be repeated. An event leaves the outbox once it is queued for every receiver, and is queued once. A
courier that dies leaves a lease behind: when that is over, the same delivery is taken again.
"""

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from comments.email_subscriptions import MAILS
from comments.errors import StorageDown
from comments.site import Site, Webhook
from comments.storage.values import Delivery, DeliveryStatus, OutboxEvent
from workers.deps import Deps

from . import reply_emails, webhooks
from .address_guard import host_of
from .retry_policy import PATIENCE, WAITS, Receiver
from .webhook_payload import kind

log = logging.getLogger(__name__)

#: Events taken from the outbox at a time.
BATCH = 100
#: Deliveries to one receiver that are out together, about different comments. Each needs three or four journeys to the
#: receiver and back: at 100 ms for one, four couriers deliver ten a second.
TOGETHER = 4
#: Seconds after which a courier makes room for another receiver.
SHIFT = 10.0


def receivers(d: Deps, site: Site) -> list[Receiver]:
    """Whoever may be told of what happens on a site."""
    hooks = [webhooks.receiver(d, site, webhook) for webhook in site.webhooks if webhook.enabled]
    return [*hooks, *reply_emails.receivers(d, site)]


def queue_events(d: Deps, site: Site) -> bool:
    """Queue what was decided for each receiver that wants to know; whether there may be more."""
    events, now = d.storage.outbox.read(site.id, BATCH), d.now()
    for event in events:
        about = {"site": site.id, "comment": event.comment, "status": event.after}
        log.info("version %d went from %s to %s", event.version, event.before, event.after, extra=about)
    for webhook in site.webhooks:
        wanted = [event for event in events if webhook.enabled and kind(event.after) in webhook.events]
        d.storage.deliveries.enqueue(site.id, webhook.id, [_delivery(webhook, event, now) for event in wanted])
    reply_emails.queue(d, site, events, now)
    d.storage.outbox.done(site.id, [event.id for event in events])
    return len(events) == BATCH


def _delivery(webhook: Webhook, event: OutboxEvent, now: datetime) -> Delivery:
    return Delivery(webhook.id, event.comment, event.version, event.after, host_of(webhook.url), began=now, due=now)


def send_due(d: Deps, site: Site) -> None:
    """Send couriers to each receiver that has something due, as far as none are on the way."""
    known = {receiver.id: receiver for receiver in receivers(d, site)}
    due = d.storage.deliveries.due(site.id, list(known))
    for n in range(TOGETHER):  # the first of each before the second of any
        for id in due:
            # All mail goes to one server: if that is dead, no webhook has to wait for a courier.
            extra = n > 0 or id in MAILS
            d.couriers.send(f"{site.id} {id} {n}", partial(carry, d, site, known[id]), extra)


def carry(d: Deps, site: Site, receiver: Receiver) -> None:
    """Deliver to one receiver what is due, one after the other."""
    until = time.monotonic() + SHIFT
    try:
        while time.monotonic() < until and not d.couriers.closing:
            delivery = d.storage.deliveries.claim(site.id, receiver.id, receiver.lease)
            if delivery is None:
                return
            after, healthy = _attempted(d, site, receiver, delivery)
            d.storage.deliveries.finish(site.id, delivery, after, healthy)
    except StorageDown as error:
        log.warning("the server is away, so deliveries wait: %s", error, extra={"site": site.id})


def _attempted(d: Deps, site: Site, receiver: Receiver, delivery: Delivery) -> tuple[Delivery, bool | None]:
    """The delivery after one more attempt, and how the receiver was met (see `Deliveries.finish`)."""
    (comment,) = d.storage.comments.load(site.id, [delivery.comment])
    if comment is None:
        return replace(delivery, course=DeliveryStatus.FAILED, due=d.now(), error="gone"), None
    if d.now() > delivery.began + PATIENCE + timedelta(seconds=WAITS[-1]):
        # Its time came and went while the receiver rested. Without this a dead one's queue would grow for ever.
        return replace(delivery, course=DeliveryStatus.FAILED, due=d.now(), error="too late"), None
    began = time.monotonic()
    after, healthy = receiver.attempt(delivery, comment)
    ms = round((time.monotonic() - began) * 1000)
    said = (
        "not delivered"
        if after.error
        else "nobody waits for it"
        if after.course is DeliveryStatus.DROPPED
        else "delivered"
    )
    log.info(said, extra={"site": site.id, "comment": comment.id, "ms": ms})
    return replace(after, ms=ms), healthy

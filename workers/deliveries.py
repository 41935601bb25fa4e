"""From the outbox to the receivers: at least once, in order for each comment, for a day.

Every step can be repeated. An event leaves the outbox once it is queued for every webhook, and is queued once. A
courier that dies leaves a lease behind: when that is over, the same delivery is taken again.
"""

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from comments.errors import Fault, NotSent, StorageDown
from comments.model import Site, Webhook
from comments.pseudonyms import Pseudonyms
from comments.storage import Course, Delivery, Event

from .addresses import host_of
from .deps import Deps
from .events import body, depth_of, headers, kind
from .outgoing import Outgoing

log = logging.getLogger(__name__)

#: Events taken from the outbox at a time.
BATCH = 100
#: Seconds from a failed attempt to the next; the last one again and again.
WAITS = (5.0, 30.0, 120.0, 600.0, 3600.0)
#: How long an event is worth telling.
PATIENCE = timedelta(days=1)
#: Seconds a taken delivery is a courier's own. An attempt never sends later than five seconds after it began.
LEASE = 10.0
#: Deliveries to one webhook that are out together, about different comments. Each needs three or four journeys to the
#: receiver and back: at 100 ms for one, four couriers deliver ten a second.
TOGETHER = 4
#: Seconds after which a courier makes room for another webhook.
SHIFT = 10.0


def queue_events(d: Deps, site: Site) -> bool:
    """Queue what was decided for each webhook that wants to know; whether there may be more."""
    events, now = d.storage.outbox.read(site.id, BATCH), d.now()
    for event in events:
        about = {"site": site.id, "comment": event.comment, "status": event.after}
        log.info("version %d went from %s to %s", event.version, event.before, event.after, extra=about)
    for webhook in site.webhooks:
        wanted = [event for event in events if webhook.enabled and kind(event.after) in webhook.events]
        d.storage.deliveries.put(site.id, webhook.id, [_delivery(webhook, event, now) for event in wanted])
    d.storage.outbox.done(site.id, [event.id for event in events])
    return len(events) == BATCH


def _delivery(webhook: Webhook, event: Event, now: datetime) -> Delivery:
    return Delivery(webhook.id, event.comment, event.version, event.after, host_of(webhook.url), began=now, due=now)


def send_due(d: Deps, site: Site) -> None:
    """Send couriers to each webhook that has something due, as far as none are on the way."""
    webhooks = {webhook.id: webhook for webhook in site.webhooks if webhook.enabled}
    due = d.storage.deliveries.due(site.id, list(webhooks))
    for n in range(TOGETHER):  # the first of each before the second of any
        for id in due:
            d.couriers.send(f"{site.id} {id} {n}", partial(carry, d, site, webhooks[id]), extra=n > 0)


def carry(d: Deps, site: Site, webhook: Webhook) -> None:
    """Deliver to one webhook what is due, one after the other."""
    until = time.monotonic() + SHIFT
    try:
        while time.monotonic() < until and not d.couriers.closing:
            delivery = d.storage.deliveries.take(site.id, webhook.id, LEASE)
            if delivery is None:
                return
            after, healthy = _attempted(d, site, webhook, delivery)
            d.storage.deliveries.settle(site.id, delivery, after, healthy)
    except StorageDown as error:
        log.warning("the server is away, so deliveries wait: %s", error, extra={"site": site.id})


def _attempted(d: Deps, site: Site, webhook: Webhook, delivery: Delivery) -> tuple[Delivery, bool | None]:
    """The delivery after one more attempt, and how the receiver was met (see `Deliveries.settle`)."""
    (comment,) = d.storage.comments.load(site.id, [delivery.comment])
    if comment is None:
        return replace(delivery, course=Course.FAILED, due=d.now(), error="gone"), None
    if d.now() > delivery.began + PATIENCE + timedelta(seconds=WAITS[-1]):
        # Its time came and went while the receiver rested. Without this a dead one's queue would grow for ever.
        return replace(delivery, course=Course.FAILED, due=d.now(), error="too late"), None
    text = body(delivery, comment, depth_of(d.storage.comments, comment))
    began = time.monotonic()
    answer, error = post(d.outgoing, Pseudonyms(d.settings.secret_key), site.id, webhook, text, d.now())
    ms = round((time.monotonic() - began) * 1000)
    log.info("delivered" if not error else "not delivered", extra={"site": site.id, "comment": comment.id, "ms": ms})
    return settled(replace(delivery, answer=answer, error=error or "", ms=ms), d.now()), not error


def post(
    outgoing: Outgoing, pseudonyms: Pseudonyms, site: str, webhook: Webhook, text: bytes, now: datetime
) -> tuple[int, Fault | None]:
    """The answer's status, or 0, and what went wrong."""
    secrets = [pseudonyms.webhook_secret(site, webhook.id, key) for key in webhook.keys]
    try:
        status = outgoing.post(webhook.url, headers(secrets, now, text), text)
    except NotSent as error:
        return 0, error.kind
    if 200 <= status < 300:
        return status, None
    return status, "redirect" if 300 <= status < 400 else "refused"


def settled(delivery: Delivery, now: datetime) -> Delivery:
    """A delivery whose `error` says how its last attempt went: over, or due again; for a day and no longer."""
    n = delivery.attempts
    delivery = replace(delivery, attempts=n + 1)
    if not delivery.error:
        return replace(delivery, course=Course.DELIVERED, due=now)
    due = now + timedelta(seconds=WAITS[min(n, len(WAITS) - 1)])
    over = due > delivery.began + PATIENCE
    return replace(delivery, course=Course.FAILED, due=now) if over else replace(delivery, due=due)

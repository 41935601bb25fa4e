"""Move events from the outbox to webhooks and mails: at least once, in order for each comment, for one day.

Every step can be repeated. An event leaves the outbox once a delivery to every receiver is queued, and is queued once.
A sender that is killed leaves a lease behind. When the lease expires, the delivery is claimed again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from comments.email_subscriptions import MAILS
from comments.errors import Fault, NotFound, StorageDown
from comments.model import Comment
from comments.site import Site, Webhook
from comments.storage.codec import DRAFT_SUFFIX
from comments.storage.deliveries import Delivery, DeliveryAttempt, DeliveryStatus
from comments.storage.store_waits import retried
from comments.storage.values import OutboxEvent

from .address_guard import host_of
from .check_callbacks import start_callbacks
from .deps import DeliveryDeps
from .http_session import HTTPSession
from .notice_events import queue_event_notices, queue_failure_notice
from .notice_sender import start_notices
from .reply_emails import email_receivers, queue_emails
from .retry_policy import BACKOFF, GIVE_UP_AFTER, Receiver
from .webhook_payload import event_type
from .webhooks import webhook_receiver

log = logging.getLogger(__name__)

#: Events read from the outbox at a time.
EVENT_BATCH = 100
#: Deliveries to one receiver at the same time, about different comments. Each needs a round trip to the receiver: at
#: 100 ms for one, four senders make about forty deliveries a second.
PARALLEL_SENDERS = 4
#: Seconds after which a sender records its attempts, and releases what else it has claimed.
BATCH_SECONDS = 0.25
#: Seconds after which a sender frees its thread for another receiver.
MAX_SECONDS = 10.0


def receivers(d: DeliveryDeps, site: Site) -> list[Receiver]:
    """Return all receivers of a site's events: webhooks and mails."""
    hooks = [webhook_receiver(d, site, webhook) for webhook in site.webhooks if webhook.enabled]
    return [*hooks, *email_receivers(d, site)]


def deliver_batch(d: DeliveryDeps, site: Site) -> bool:
    """Queue new events and start sending what is due. Return whether there may be more events."""
    more = queue_events(d, site)
    send_due(d, site)
    start_callbacks(d, site)
    start_notices(d)
    return more


def queue_events(d: DeliveryDeps, site: Site) -> bool:
    """Queue deliveries of new events to their receivers. Return whether there may be more events."""
    events, now = d.storage.outbox.read(site.id, EVENT_BATCH), d.now()
    for event in events:
        about = {"site": site.id, "comment": event.comment, "status": event.after}
        log.info("version %d went from %s to %s", event.version, event.before, event.after, extra=about)
    queue_event_notices(d, site, events, now)
    # Drafts are for moderators only.
    public = [event for event in events if not event.comment.endswith(DRAFT_SUFFIX)]
    for webhook in site.webhooks:
        wanted = [event for event in public if webhook.enabled and event_type(event.after) in webhook.events]
        d.storage.deliveries.enqueue(site.id, webhook.id, [_new_delivery(webhook, event, now) for event in wanted])
    queue_emails(d, site, public, now)
    d.storage.outbox.done(site.id, [event.id for event in events])
    return len(events) == EVENT_BATCH


def _new_delivery(webhook: Webhook, event: OutboxEvent, now: datetime) -> Delivery:
    return Delivery(webhook.id, event.comment, event.version, event.after, host_of(webhook.url), began=now, due=now)


def send_due(d: DeliveryDeps, site: Site) -> None:
    """Start senders for each receiver with due deliveries, unless they are running already."""
    by_id = {receiver.id: receiver for receiver in receivers(d, site)}
    due = d.storage.deliveries.due(site.id, list(by_id))
    for n in range(PARALLEL_SENDERS):  # one sender for each receiver before a second for any
        for id in due:
            # All mail goes to one server. If it is down, webhooks still find free threads.
            low_priority = n > 0 or id in MAILS
            d.senders.start(f"{site.id} {id} {n}", partial(send_to, d, site.id, id), low_priority)


def receiver_named(d: DeliveryDeps, site: Site, id: str) -> Receiver | None:
    return next((receiver for receiver in receivers(d, site) if receiver.id == id), None)


def send_to(
    d: DeliveryDeps,
    site_id: str,
    receiver_id: str,
    find: Callable[[DeliveryDeps, Site, str], Receiver | None] = receiver_named,
) -> None:
    """Send the due deliveries of one receiver, one after the other, over one connection if it lasts.

    The settings are read before each batch, so that a receiver that was switched off or changed gets no more.
    """
    until, n = time.monotonic() + MAX_SECONDS, 1
    try:
        with d.http.session() as http:
            while time.monotonic() < until and not d.senders.closing:
                site = d.storage.sites.get(site_id)
                receiver = find(d, site, receiver_id)
                deliveries = d.storage.deliveries.claim(site_id, receiver_id, receiver.lease, n) if receiver else []
                if not receiver or not deliveries:
                    return
                n = _send_batch(d, site, receiver, http, deliveries)
    except NotFound:
        return  # the site was removed
    except StorageDown as error:
        log.warning("the server is unavailable, so deliveries wait: %s", error, extra={"site": site_id})


def _send_batch(
    d: DeliveryDeps, site: Site, receiver: Receiver, http: HTTPSession, deliveries: Sequence[Delivery]
) -> int:
    """Attempt claimed deliveries and record the attempts together. Return the number to claim next.

    Stops after a failure and after BATCH_SECONDS, and releases the rest, so that a slow receiver gets one at a time.
    """
    began = time.monotonic()
    comments = _load_replicated(d, site, deliveries)
    pairs: list[tuple[Delivery, Comment]] = []
    attempts: list[DeliveryAttempt] = []
    for delivery, comment in zip(deliveries, comments, strict=True):
        if comment is not None and not _is_too_late(delivery, d.now()):
            pairs.append((delivery, comment))
        else:
            error: Fault = "gone" if comment is None else "too late"
            failed = replace(delivery, state=DeliveryStatus.FAILED, due=d.now(), error=error)
            attempts.append(DeliveryAttempt(delivery, failed))
    n_failed, start = len(attempts), time.monotonic()
    try:
        for (delivery, comment), (after, healthy) in zip(pairs, receiver.attempt_all(http, pairs), strict=True):
            end = time.monotonic()
            ms, start = round((end - start) * 1000), end
            log.info(_outcome(after), extra={"site": site.id, "comment": comment.id, "ms": ms})
            attempts.append(DeliveryAttempt(delivery, replace(after, ms=ms), healthy))
            if healthy is False or end > began + BATCH_SECONDS or d.senders.closing:
                break
    finally:
        _finish(d, site, attempts)  # also if an error ends the batch, or its deliveries would be sent again and again
    n = len(attempts) - n_failed
    d.storage.deliveries.release(site.id, [delivery for delivery, _ in pairs[n:]])
    a_delivery = (time.monotonic() - began) / max(n, 1)
    return min(receiver.batch, max(1, int(BATCH_SECONDS / a_delivery)))


def _load_replicated(d: DeliveryDeps, site: Site, deliveries: Sequence[Delivery]) -> list[Comment | None]:
    """Return the comment of each delivery, once replicas have them: a fail-over must not undo what was announced."""
    comments = d.storage.comments.load(site.id, [delivery.comment for delivery in deliveries])
    try:
        d.storage.comments.wait_for_replicas(site.id)
    except StorageDown:
        d.storage.deliveries.release(site.id, deliveries)
        raise
    return comments


def _is_too_late(delivery: Delivery, now: datetime) -> bool:
    """Return True for a delivery that expired while the receiver was paused.

    Without this the queue of a dead receiver would grow forever.
    """
    return now > delivery.began + GIVE_UP_AFTER + timedelta(seconds=BACKOFF[-1])


def _finish(d: DeliveryDeps, site: Site, attempts: Sequence[DeliveryAttempt]) -> None:
    """Record attempts. Repeat it for the length of a lease, or the deliveries would be sent again."""
    until = time.monotonic() + MAX_SECONDS
    retried(lambda: d.storage.deliveries.finish(site.id, attempts), until)
    for attempt in attempts:
        queue_failure_notice(d, site, attempt.after, d.now())


def _outcome(delivery: Delivery) -> str:
    if delivery.error:
        return "not delivered"
    return "no longer wanted" if delivery.state is DeliveryStatus.DROPPED else "delivered"

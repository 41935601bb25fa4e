"""Emails about replies: confirmation requests and notifications, checked again at the moment of sending."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from comments.email_subscriptions import CONFIRMATION, NOTICE, REPLIES, Purpose, link_address
from comments.errors import TooMany
from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.values import OutboxEvent

from .deps import DeliveryDeps
from .email_messages import (
    MAX_REFERENCES,
    Envelope,
    confirmation_email,
    envelope_address,
    link_target,
    notification_email,
)
from .http_session import HTTPSession
from .retry_policy import Attempted, Receiver, after_attempt, drop
from .smtp import Mailer, SMTPResult
from .webhook_payload import visible_depth

#: Seconds. An SMTP session has about fifteen steps, each with its own time-out (`smtp.STEP_TIMEOUT`).
EMAIL_LEASE = 180.0
#: Confirmation requests to one address from all sites in a day, and from one site in an hour. More is abuse.
MAX_PER_ADDRESS, A_DAY = 5, 86_400
MAX_PER_SITE, AN_HOUR = 200, 3_600


def email_receivers(d: DeliveryDeps, site: Site) -> list[Receiver]:
    """Return the two kinds of mail of a site; none without a mail server."""
    if d.mailer is None:
        return []
    return [
        Receiver(CONFIRMATION, EMAIL_LEASE, partial(_send_all, partial(_send_confirmation, d, d.mailer, site))),
        Receiver(NOTICE, EMAIL_LEASE, partial(_send_all, partial(_send_notification, d, d.mailer, site))),
    ]


def _send_all(
    send: Callable[[Delivery, Comment], Attempted], _: HTTPSession, pairs: Sequence[tuple[Delivery, Comment]]
) -> Iterator[Attempted]:
    for delivery, comment in pairs:
        yield send(delivery, comment)


def queue_emails(d: DeliveryDeps, site: Site, events: Sequence[OutboxEvent], now: datetime) -> None:
    """Queue the mails about published comments. Queueing the same events again changes nothing."""
    if d.mailer is None:
        return
    approved = [event for event in events if event.after is Status.APPROVED]
    comments = d.storage.comments.load(site.id, [event.comment for event in approved])
    parents = d.storage.comments.load(site.id, [comment.parent if comment else "" for comment in comments])
    for event, comment, parent in zip(approved, comments, parents, strict=True):
        if comment and _needs_confirmation(d, comment):
            _enqueue(d, d.mailer, site, CONFIRMATION, event, now)
        if comment and parent and _is_wanted(d, parent, comment):
            _enqueue(d, d.mailer, site, NOTICE, event, now)


def _enqueue(d: DeliveryDeps, mailer: Mailer, site: Site, kind: str, event: OutboxEvent, now: datetime) -> None:
    delivery = Delivery(kind, event.comment, event.version, event.after, mailer.host, began=now, due=now)
    d.storage.deliveries.enqueue(site.id, kind, [delivery])


def _needs_confirmation(d: DeliveryDeps, comment: Comment) -> bool:
    """Return whether to ask the author for confirmation. Records the request, so that no other comment asks too."""
    subscriptions, who = d.storage.subscriptions, comment.identity
    if comment.notify != REPLIES or not who or not envelope_address(comment.email):
        return False
    if not subscriptions.reserve_request(comment.site, who, comment.id):
        return False
    try:
        d.storage.people.attempt(f"questions to {who}", MAX_PER_ADDRESS, A_DAY)
        d.storage.people.attempt(f"questions from {comment.site}", MAX_PER_SITE, AN_HOUR)
    except TooMany:
        subscriptions.cancel_request(comment.site, who, comment.id)
        return False
    return True


def _is_wanted(d: DeliveryDeps, comment: Comment, reply: Comment) -> bool:
    """Return whether the author of `comment` wants mail about this reply, which must be by another author."""
    is_own = comment.identity == reply.identity or (comment.user and comment.user == reply.user)
    if comment.notify != REPLIES or is_own or not envelope_address(comment.email):
        return False
    subscriptions = d.storage.subscriptions
    wanted = subscriptions.wants_mail(comment.site, comment.identity, comment.id)
    return wanted and not subscriptions.was_notified(comment.site, reply.id)


def _send_confirmation(
    d: DeliveryDeps, mailer: Mailer, site: Site, delivery: Delivery, comment: Comment
) -> tuple[Delivery, bool | None]:
    subscriptions, who = d.storage.subscriptions, comment.identity
    if visible_depth(d.storage.comments, comment) is None:
        subscriptions.cancel_request(site.id, who, comment.id)
        return drop(delivery, d.now()), None
    if not subscriptions.reserve_request(site.id, who, comment.id):
        return drop(delivery, d.now()), None
    envelope = _envelope(d, mailer, site, comment)
    message = confirmation_email(envelope, comment, _link(d, "confirm", comment))
    result = mailer.send(message, envelope.to)
    if not result.error:
        subscriptions.request_sent(site.id, who)
    return _finish(d, delivery, result)


def _send_notification(
    d: DeliveryDeps, mailer: Mailer, site: Site, delivery: Delivery, reply: Comment
) -> tuple[Delivery, bool | None]:
    (comment,) = d.storage.comments.load(site.id, [reply.parent])
    visible = visible_depth(d.storage.comments, reply) is not None
    if comment is None or comment.status is not Status.APPROVED or not visible or not _is_wanted(d, comment, reply):
        return drop(delivery, d.now()), None
    envelope = _envelope(d, mailer, site, comment)
    (details,) = d.storage.thread_details.get(site.id, [reply.thread])
    page = link_target(reply, site, d.settings.public_url, details)
    message = notification_email(envelope, _ancestors(d, comment), reply, page, details.title)
    result = mailer.send(message, envelope.to)
    if not result.error:
        d.storage.subscriptions.mark_notified(site.id, reply.id)
    return _finish(d, delivery, result)


def _ancestors(d: DeliveryDeps, comment: Comment) -> list[str]:
    """Return the ids of a comment and of those above it, the comment last."""
    found: list[str] = []
    above: Comment | None = comment
    while above and len(found) < MAX_REFERENCES:
        found.append(above.id)
        (above,) = d.storage.comments.load(above.site, [above.parent])
    return found[::-1]


def _envelope(d: DeliveryDeps, mailer: Mailer, site: Site, comment: Comment) -> Envelope:
    stop = _link(d, "stop", comment)
    return Envelope(site, mailer.sender, envelope_address(comment.email), stop, d.now(), comment.language)


def _link(d: DeliveryDeps, purpose: Purpose, comment: Comment) -> str:
    return link_address(Pseudonyms(d.settings.secret_key), d.settings.public_url, purpose, comment, d.now())


def _finish(d: DeliveryDeps, delivery: Delivery, result: SMTPResult) -> tuple[Delivery, bool]:
    tried = replace(delivery, answer=result.code, error=result.error)
    if result.permanent:
        failed = replace(tried, state=DeliveryStatus.FAILED, attempts=tried.attempts + 1, due=d.now())
        return failed, result.server_ok
    return after_attempt(tried, d.now()), result.server_ok

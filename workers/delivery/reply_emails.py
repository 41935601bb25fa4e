"""Mail about replies: whom to ask, whom to tell, and whether that is still right at the moment of sending."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from comments.email_subscriptions import CONFIRMATION, NOTICE, REPLIES, Purpose, link_address
from comments.errors import TooMany
from comments.lifecycle import Status
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.values import Delivery, DeliveryStatus, OutboxEvent
from workers.deps import Deps

from . import email_messages
from .email_messages import Envelope, envelope_address
from .retry_policy import Receiver, dropped, settled
from .smtp import Mailer, Reception
from .webhook_payload import depth_of

#: Seconds. The conversation with a mail server has about fifteen steps, each in time (`mailer.STEP`).
LEASE = 180.0
#: Questions to one address from all sites in a day, and from one site to anybody in an hour: more is somebody's game.
MOST_ASKED, A_DAY = 5, 86_400
MOST_ASKING, AN_HOUR = 200, 3_600


def receivers(d: Deps, site: Site) -> list[Receiver]:
    """None without a mail server."""
    if d.mailer is None:
        return []
    return [
        Receiver(CONFIRMATION, LEASE, partial(_ask, d, d.mailer, site)),
        Receiver(NOTICE, LEASE, partial(_tell, d, d.mailer, site)),
    ]


def queue(d: Deps, site: Site, events: Sequence[OutboxEvent], now: datetime) -> None:
    """Queue the mail that follows from what was approved. Queueing the same events again changes nothing."""
    if d.mailer is None:
        return
    approved = [event for event in events if event.after is Status.APPROVED]
    comments = d.storage.comments.load(site.id, [event.comment for event in approved])
    parents = d.storage.comments.load(site.id, [comment.parent if comment else "" for comment in comments])
    for event, comment, parent in zip(approved, comments, parents, strict=True):
        if comment and _may_ask(d, comment):
            _put(d, d.mailer, site, CONFIRMATION, event, now)
        if comment and parent and _is_wanted(d, parent, comment):
            _put(d, d.mailer, site, NOTICE, event, now)


def _put(d: Deps, mailer: Mailer, site: Site, kind: str, event: OutboxEvent, now: datetime) -> None:
    delivery = Delivery(kind, event.comment, event.version, event.after, mailer.host, began=now, due=now)
    d.storage.deliveries.enqueue(site.id, kind, [delivery])


def _may_ask(d: Deps, comment: Comment) -> bool:
    """Whether to ask who is said to have written this; noted at once, so that no other comment asks meanwhile."""
    of, who = d.storage.subscriptions, comment.identity
    if comment.notify != REPLIES or not who or not envelope_address(comment.email):
        return False
    if not of.reserve_request(comment.site, who, comment.id):
        return False
    try:
        d.storage.people.attempt(f"questions to {who}", MOST_ASKED, A_DAY)
        d.storage.people.attempt(f"questions from {comment.site}", MOST_ASKING, AN_HOUR)
    except TooMany:
        of.cancel_request(comment.site, who, comment.id)
        return False
    return True


def _is_wanted(d: Deps, comment: Comment, reply: Comment) -> bool:
    """Whether the author of `comment` waits for mail about this reply. Nobody is told of their own."""
    if comment.notify != REPLIES or comment.identity == reply.identity or not envelope_address(comment.email):
        return False
    of = d.storage.subscriptions
    return of.wants_mail(comment.site, comment.identity, comment.id) and not of.was_notified(comment.site, reply.id)


def _ask(d: Deps, mailer: Mailer, site: Site, delivery: Delivery, comment: Comment) -> tuple[Delivery, bool | None]:
    of, who = d.storage.subscriptions, comment.identity
    if depth_of(d.storage.comments, comment) is None:
        of.cancel_request(site.id, who, comment.id)
        return _dropped(d, delivery)
    if not of.reserve_request(site.id, who, comment.id):
        return _dropped(d, delivery)
    envelope = _envelope(d, mailer, site, comment)
    letter = email_messages.question(envelope, comment, _link(d, "confirm", comment))
    reception = mailer.send(letter, envelope.to)
    if not reception.error:
        of.request_sent(site.id, who)
    return _after(d, delivery, reception)


def _tell(d: Deps, mailer: Mailer, site: Site, delivery: Delivery, reply: Comment) -> tuple[Delivery, bool | None]:
    (comment,) = d.storage.comments.load(site.id, [reply.parent])
    seen = depth_of(d.storage.comments, reply) is not None
    if comment is None or not seen or not _is_wanted(d, comment, reply):
        return _dropped(d, delivery)
    envelope = _envelope(d, mailer, site, comment)
    page = email_messages.page_of(reply, site, d.settings.public_url)
    reception = mailer.send(email_messages.notice(envelope, comment, reply, page), envelope.to)
    if not reception.error:
        d.storage.subscriptions.mark_notified(site.id, reply.id)
    return _after(d, delivery, reception)


def _envelope(d: Deps, mailer: Mailer, site: Site, comment: Comment) -> Envelope:
    return Envelope(site, mailer.sender, envelope_address(comment.email), _link(d, "stop", comment), d.now())


def _link(d: Deps, purpose: Purpose, comment: Comment) -> str:
    return link_address(Pseudonyms(d.settings.secret_key), d.settings.public_url, purpose, comment, d.now())


def _dropped(d: Deps, delivery: Delivery) -> tuple[Delivery, None]:
    """Taken down meanwhile, or nobody wants it any more."""
    return dropped(delivery, d.now()), None


def _after(d: Deps, delivery: Delivery, reception: Reception) -> tuple[Delivery, bool]:
    tried = replace(delivery, answer=reception.answer, error=reception.error)
    if reception.final:
        return replace(tried, course=DeliveryStatus.FAILED, attempts=tried.attempts + 1, due=d.now()), reception.well
    return settled(tried, d.now()), reception.well

"""Find events to report to moderators: comments that need review, reports, replies to the team, failures."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from comments.lifecycle import Status
from comments.model import STAFF, Comment
from comments.moderator_notices import NoticeTopic
from comments.notice_queue import queue_notices
from comments.report_rules import REPORTED
from comments.signals import UNDECLARED, SignalCatalogue
from comments.site import Site
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.notices import NoticeItem
from comments.storage.values import OutboxEvent

from .deps import DeliveryDeps

#: Harm of a signal from which a comment is urgent: attacks, listed words, impersonation and reports, not advertising.
URGENT_HARM = 3.0


def queue_event_notices(d: DeliveryDeps, site: Site, events: Sequence[OutboxEvent], now: datetime) -> None:
    """Queue notices about new events. Queueing the same events again changes nothing."""
    relevant = [event for event in events if event.after in (Status.HELD, Status.APPROVED)]
    has_receivers = d.mailer is not None or any(channel.enabled for channel in site.chat_receivers)
    if not relevant or not has_receivers:
        return
    comments = d.storage.comments.load(site.id, [event.comment for event in relevant])
    parents = d.storage.comments.load(site.id, [comment.parent if comment else "" for comment in comments])
    items: dict[NoticeTopic, list[NoticeItem]] = defaultdict(list)
    for event, comment, parent in zip(relevant, comments, parents, strict=True):
        for topic in _topics(event, comment, parent, d.signals) if comment else ():
            items[topic].append(NoticeItem(topic, event.comment, event.version))
    queue_notices(d.storage, site, items, now, d.mailer is not None)


def _topics(
    event: OutboxEvent, comment: Comment, parent: Comment | None, signals: SignalCatalogue
) -> Iterator[NoticeTopic]:
    if event.after is Status.APPROVED:
        if parent and parent.role == STAFF and comment.role != STAFF:
            yield NoticeTopic.REPLY
    elif comment.status is Status.HELD:
        yield NoticeTopic.REVIEW
        if is_urgent(comment, signals):
            yield NoticeTopic.URGENT
        if event.before is Status.APPROVED and _is_reported(comment):
            yield NoticeTopic.REPORTED


def is_urgent(comment: Comment, signals: SignalCatalogue) -> bool:
    """True if a signal against the comment stands for great harm if the comment were published."""
    decision = comment.filter_decision
    against = [signal for signal in decision.signals if signal.points > 0 or signal.holds] if decision else []
    return any(signals.get(signal.name, UNDECLARED).harm >= URGENT_HARM for signal in against)


def _is_reported(comment: Comment) -> bool:
    decision = comment.filter_decision
    return decision is not None and any(signal.name == REPORTED for signal in decision.signals)


def queue_failure_notice(d: DeliveryDeps, site: Site, delivery: Delivery, now: datetime) -> None:
    """Report a delivery that is given up: once an hour for each receiver of webhooks or mail server."""
    if delivery.state is DeliveryStatus.FAILED:
        queue_failure(d, site, f"{delivery.host or delivery.webhook}: {delivery.error}", now)


def queue_failure(d: DeliveryDeps, site: Site, text: str, now: datetime) -> None:
    item = NoticeItem(NoticeTopic.FAILURE, f"{now:%Y-%m-%d %H}:00 UTC · {text}")
    queue_notices(d.storage, site, {NoticeTopic.FAILURE: [item]}, now, d.mailer is not None)

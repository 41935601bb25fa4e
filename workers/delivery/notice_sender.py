"""Send the notices that are due: at least once, each comment once in a digest, within quiet hours and caps.

A sender leases one receiver, sends everything that waits for it as one message, and then removes it. If the sender is
killed, the lease ends and the message is sent again. However late a digest is, it is one message.
"""

import json
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from comments.chat_receivers import ChatReceiver
from comments.errors import NotFound, StorageDown, TooMany
from comments.moderator_notices import NoticeChoice, NoticeFrequency, NoticeTopic, end_of_quiet_hours, next_notice
from comments.notice_links import (
    ADDRESS_RECEIVER,
    CHAT_RECEIVER,
    EMAIL_RECEIVER,
    UPDATE_RECEIVER,
)
from comments.notice_queue import may_receive
from comments.person import Person
from comments.site import Site
from comments.storage.notices import TEST_MESSAGE, NoticeClaim, NoticeItem, NoticeResult
from comments.storage.store_waits import retried

from .chat_requests import ChatRequest, SendResult, chat_request, send_request, telegram_request
from .deps import DeliveryDeps
from .notice_contents import Notice, NoticeTarget, compose, test_notice
from .notice_events import queue_failure
from .notice_mail import email_target, send_address_mail, send_notice_mail
from .retry_policy import BACKOFF

log = logging.getLogger(__name__)

#: Notices that one process sends at the same time, and seconds after which a sender frees its thread.
PARALLEL_NOTICES, SENDER_SECONDS = 4, 10.0
#: Seconds that a sender may need for one notice. An SMTP session has about fifteen steps of ten seconds.
NOTICE_LEASE = 180.0
#: Failures in a row after which what waits is given up: with BACKOFF about a day.
MAX_NOTICE_ATTEMPTS = 28


@dataclass(frozen=True, slots=True)
class _Receiver:
    """A claimed receiver as it is now."""

    kind: str  # "email" or the kind of the channel, for metrics
    target: NoticeTarget
    site: Site
    person: Person | None = None
    channel: ChatReceiver | None = None


def start_notices(d: DeliveryDeps) -> None:
    """Start sending what is due, without waiting for it."""
    if d.storage.notices.has_due(d.now()):
        for n in range(PARALLEL_NOTICES):
            d.senders.start(f"notices {n}", lambda: send_due_notices(d), low_priority=n > 0)


def send_due_notices(d: DeliveryDeps) -> None:
    """Send notices until none is due or the time is up."""
    until = time.monotonic() + SENDER_SECONDS
    try:
        while time.monotonic() < until and not d.senders.closing:
            claim = d.storage.notices.claim(d.now(), NOTICE_LEASE)
            if claim is None:
                return
            _send_claim(d, claim)
    except StorageDown as error:
        log.warning("the server is unavailable, so notices wait: %s", error)


def _send_claim(d: DeliveryDeps, claim: NoticeClaim) -> None:
    if claim.receiver.startswith(ADDRESS_RECEIVER):
        _finish(d, claim, "email", send_address_mail(d, claim))
        return
    if claim.receiver.startswith(UPDATE_RECEIVER):
        _finish(d, claim, "", _send_updates(d, claim))
        return
    receiver = _current(d, claim)
    if receiver is None:
        _drop(d, claim)
        return
    if any(item.topic == TEST_MESSAGE for item in claim.items):
        _send_test(d, claim, receiver)
        return
    now, choice = d.now(), receiver.target.choice
    if ends := end_of_quiet_hours(choice, now):
        d.storage.notices.finish(claim, [], ends)
        return
    wanted = [item for item in claim.items if choice.wants(item.topic)]
    notice = compose(d, receiver.site, receiver.target, wanted, now)
    if notice is None:
        d.storage.notices.finish(claim, claim.items, next_notice(choice, now))
    elif pause := _pause(d, claim, receiver, now):
        d.storage.notices.finish(claim, [], pause)
    else:
        _finish(d, claim, receiver.kind, _send(d, receiver, notice), receiver)


def _current(d: DeliveryDeps, claim: NoticeClaim) -> _Receiver | None:
    """Return the receiver with its choices now; None if it may or wants to receive nothing any more."""
    try:
        site = d.storage.sites.get(claim.site)
        if site.deleted:
            return None
        if claim.receiver.startswith(EMAIL_RECEIVER):
            person = d.storage.people.get(claim.receiver.removeprefix(EMAIL_RECEIVER))
            target = email_target(d, claim.receiver, person, site)
            is_wanted = may_receive(person, site.id) and d.mailer is not None
            found = _Receiver("email", target, site, person) if is_wanted else None
        else:
            id = claim.receiver.removeprefix(CHAT_RECEIVER)
            channel = next((each for each in site.chat_receivers if each.id == id), None)
            is_test = any(item.topic == TEST_MESSAGE for item in claim.items)
            is_wanted = channel is not None and (channel.enabled or is_test)
            found = (
                _Receiver(channel.kind.value, NoticeTarget(claim.receiver, channel.choice), site, channel=channel)
                if channel and is_wanted
                else None
            )
    except NotFound:
        return None
    return found


def _pause(d: DeliveryDeps, claim: NoticeClaim, receiver: _Receiver, now: datetime) -> datetime | None:
    """Count an instant notice. Return the end of the hour if there were too many in it."""
    choice = receiver.target.choice
    if choice.frequency is not NoticeFrequency.INSTANT or claim.attempts:
        return None
    try:
        d.storage.people.attempt(f"notices {claim.site} {claim.receiver}", choice.per_hour, 3_600)
    except TooMany as error:
        d.storage.notices.count(claim.site, receiver.kind, "capped")
        return now + timedelta(seconds=error.retry_after)
    return None


def _send(d: DeliveryDeps, receiver: _Receiver, notice: Notice) -> SendResult:
    if receiver.channel:
        return send_request(d, chat_request(d, receiver.channel, notice))
    if receiver.person is None or d.mailer is None:
        return SendResult("refused", permanent=True)
    return send_notice_mail(d, d.mailer, receiver.person, notice)


def _send_test(d: DeliveryDeps, claim: NoticeClaim, receiver: _Receiver) -> None:
    """Send a test message once, whatever the choices are. What else waits stays."""
    notice = test_notice(d, receiver.site, claim.receiver)
    result = _send(d, receiver, notice)
    d.storage.notices.record_result(claim.site, claim.receiver, NoticeResult(d.now(), result.error))
    tests = [item for item in claim.items if item.topic == TEST_MESSAGE]
    d.storage.notices.finish(claim, tests, next_notice(receiver.target.choice, d.now()))


def _send_updates(d: DeliveryDeps, claim: NoticeClaim) -> SendResult:
    """Change messages after a decision. The item is the request, without the token of a bot."""
    result = SendResult()
    for item in claim.items:
        content = json.loads(item.subject)
        telegram = content.get("method")
        request = (
            telegram_request(d, "", telegram, content["body"])
            if telegram
            else ChatRequest(content["url"], {}, content["body"])
        )
        each = send_request(d, request)
        result = each if each.error else result
    return result


def _finish(
    d: DeliveryDeps, claim: NoticeClaim, kind: str, result: SendResult, receiver: _Receiver | None = None
) -> None:
    """Record the attempt; repeat that for a while, or the notice would be sent again."""
    now, about = d.now(), {"site": claim.site, "n": len(claim.items)}
    done, due, failed = claim.items, now, False
    if not result.error:
        due = next_notice(receiver.target.choice if receiver else NoticeChoice(), now)
    elif result.permanent or claim.attempts + 1 >= MAX_NOTICE_ATTEMPTS:
        log.warning("a notice is given up: %s", result.error, extra=about)
    else:
        seconds = max(BACKOFF[min(claim.attempts, len(BACKOFF) - 1)], result.retry_after)
        done, due, failed = (), now + timedelta(seconds=seconds), True
    until = time.monotonic() + SENDER_SECONDS
    retried(lambda: d.storage.notices.finish(claim, done, due, failed), until)
    if receiver:
        d.storage.notices.record_result(claim.site, claim.receiver, NoticeResult(now, result.error))
    if done and kind:
        d.storage.notices.count(claim.site, kind, "failed" if result.error else "sent")
    if done and result.error and receiver and not _is_about_failures(claim.items):
        name = (
            receiver.channel.name if receiver.channel else f"email to {receiver.person.name}" if receiver.person else ""
        )
        queue_failure(d, receiver.site, f"notice to {name}: {result.error}", now)


def _is_about_failures(items: tuple[NoticeItem, ...]) -> bool:
    """A notice about failures that fails is not reported again, or two dead receivers would report each other."""
    return all(item.topic == NoticeTopic.FAILURE for item in items)


def _drop(d: DeliveryDeps, claim: NoticeClaim) -> None:
    log.info("a notice is no longer wanted", extra={"site": claim.site, "n": len(claim.items)})
    d.storage.notices.finish(claim, claim.items, d.now())

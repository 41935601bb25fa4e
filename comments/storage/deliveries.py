"""Deliveries by webhook and email: their values, their store, and when a receiver is paused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from comments.email_subscriptions import MAILS
from comments.lifecycle import Status

#: Finished deliveries of a site that the log keeps.
DELIVERIES_KEPT = 200
#: Seconds for which a receiver is paused after the first, second and each further failure in a row. Not longer than the
#: waits between the attempts of one delivery, so that a single delivery is attempted on time.
RECEIVER_PAUSES = (5.0, 30.0, 120.0)

#: Prefixes of the names of a site's counters.
_WEBHOOK_COUNTERS, _MAIL_COUNTERS = "deliveries:", "mail:"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # no more attempts
    DROPPED = "dropped"  # not sent, because it is no longer wanted


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one receiver. It does not hold the comment's text."""

    webhook: str  # id; or one of email_subscriptions.MAILS
    comment: str
    version: int
    status: Status  # new status of the comment
    host: str  # of the receiver
    began: datetime  # start of the day in which it is attempted
    due: datetime  # time of the next attempt, or of the end
    state: DeliveryStatus = field(default=DeliveryStatus.PENDING, metadata={"stored": "course"})
    attempts: int = 0
    answer: int = 0  # HTTP status of the last attempt, or code of the mail server; 0: none
    error: str = ""  # Fault of the last attempt; "" for none
    ms: int = 0  # duration of the last attempt

    @property
    def event(self) -> str:
        """The id of the event, the same for every webhook and every attempt."""
        return f"{self.comment}:{self.version}"

    @property
    def id(self) -> str:
        """Ids of one comment sort by version."""
        return f"{self.webhook}:{self.comment}:{self.version:08d}"


def waits_for_receiver(delivery: Delivery, now: datetime) -> bool:
    """True for a pending delivery that is due, but not sent yet, such as while its receiver is paused."""
    return delivery.state is DeliveryStatus.PENDING and delivery.due <= now


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """A delivery before and after an attempt. `healthy`: True if the receiver works, None if that is unknown."""

    before: Delivery
    after: Delivery
    healthy: bool | None = None


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """Totals of a site's deliveries."""

    pending: int
    results: Mapping[str, int]  # webhooks: "delivered", "failed", and "retried" for attempts with another to follow
    mailed: Mapping[str, int] = field(default_factory=dict)  # email: the same, and "dropped"


class Deliveries(Protocol):
    """Deliveries by webhook and email. Those about one comment go one after the other, the oldest first."""

    def enqueue(self, site: str, webhook: str, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries that are due now. Those that exist already, pending or finished, stay as they are."""

    def due(self, site: str, webhooks: Sequence[str]) -> list[str]:
        """Return the webhooks that have something to deliver now."""

    def claim(self, site: str, webhook: str, lease: float, n: int = 1) -> list[Delivery]:
        """Return up to `n` deliveries that are due first, about different comments.

        Their comments get no other delivery for `lease` seconds, or until `finish` or `release`.
        """

    def release(self, site: str, deliveries: Sequence[Delivery]) -> None:
        """Make claimed deliveries due again now. Call it before their lease ends."""

    def finish(self, site: str, attempts: Sequence[DeliveryAttempt]) -> list[bool]:
        """Replace deliveries of one webhook after an attempt at each. False for one that changed since it was read.

        After a failure a receiver is paused, longer with each failure in a row, and then gets one delivery at a time
        until one succeeds. A delivery that is still pending comes next for its comment when it is `due`.
        """

    def get(self, site: str, id: str) -> Delivery:
        """Raises NotFound, also for a delivery that left the log."""

    def recent(self, site: str, n: int) -> list[Delivery]:
        """Return up to `n` deliveries: at most half of them pending, then finished ones, each the latest first."""

    def forget(self, site: str, webhook: str) -> None:
        """Delete all pending deliveries of a webhook."""

    def figures(self, site: str) -> DeliveryFigures: ...


def counter_of(before: Delivery, after: Delivery) -> str:
    """Return the counter for the result of the attempt between the two; "" if there was none."""
    retried = "retried" if after.attempts > before.attempts else ""
    result = retried if after.state is DeliveryStatus.PENDING else after.state
    return (_MAIL_COUNTERS if after.webhook in MAILS else _WEBHOOK_COUNTERS) + result if result else ""


def delivery_figures(pending: int, counters: Mapping[str, int]) -> DeliveryFigures:
    """Select the totals of deliveries from all counters of a site."""

    def of(kind: str) -> dict[str, int]:
        return {name.removeprefix(kind): n for name, n in counters.items() if name.startswith(kind)}

    return DeliveryFigures(pending, of(_WEBHOOK_COUNTERS), of(_MAIL_COUNTERS))

"""Receivers of events, and when a failed delivery to them is retried."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from comments.model import Comment
from comments.storage.deliveries import Delivery, DeliveryStatus

from .http_session import HTTPSession

#: Seconds from a failed attempt to the next one. The last value repeats.
BACKOFF = (5.0, 30.0, 120.0, 600.0, 3600.0)
#: An event older than this is not sent any more.
GIVE_UP_AFTER = timedelta(days=1)

#: A delivery after one more attempt, and the receiver's health (see `DeliveryAttempt`).
Attempted = tuple[Delivery, bool | None]
#: Attempts deliveries one after the other, each when its result is asked for.
AttemptAll = Callable[[HTTPSession, Sequence[tuple[Delivery, Comment]]], Iterator[Attempted]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook, or a kind of mail, of a site. An attempt must end within half of `lease` seconds.

    Up to `batch` deliveries are claimed and recorded together.
    """

    id: str
    lease: float
    attempt_all: AttemptAll
    batch: int = 1


def drop(delivery: Delivery, now: datetime) -> Delivery:
    """Finish a delivery that is no longer wanted. Nothing was sent."""
    return replace(delivery, state=DeliveryStatus.DROPPED, due=now)


def after_attempt(delivery: Delivery, now: datetime) -> Delivery:
    """Finish a delivery after an attempt, or schedule a retry if `error` is set and it is younger than a day."""
    n = delivery.attempts
    delivery = replace(delivery, attempts=n + 1)
    if not delivery.error:
        return replace(delivery, state=DeliveryStatus.DELIVERED, due=now)
    due = now + timedelta(seconds=BACKOFF[min(n, len(BACKOFF) - 1)])
    expired = due > delivery.began + GIVE_UP_AFTER
    return replace(delivery, state=DeliveryStatus.FAILED, due=now) if expired else replace(delivery, due=due)

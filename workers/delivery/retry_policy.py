"""Receivers of events, and when a failed delivery to them is retried."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from comments.model import Comment
from comments.storage.deliveries import Delivery, DeliveryStatus

#: Seconds from a failed attempt to the next one. The last value repeats.
BACKOFF = (5.0, 30.0, 120.0, 600.0, 3600.0)
#: An event older than this is not sent any more.
GIVE_UP_AFTER = timedelta(days=1)

#: Returns the delivery after one more attempt, and the receiver's health (see `Deliveries.finish`).
Attempt = Callable[[Delivery, Comment], tuple[Delivery, bool | None]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook, or a kind of mail, of a site. An attempt must end within `lease` seconds."""

    id: str
    lease: float
    attempt: Attempt


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

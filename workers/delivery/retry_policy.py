"""Who is told of events, and when a delivery to them is tried again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from comments.model import Comment
from comments.storage.values import Delivery, DeliveryStatus

#: Seconds from a failed attempt to the next; the last one again and again.
WAITS = (5.0, 30.0, 120.0, 600.0, 3600.0)
#: How long an event is worth telling.
PATIENCE = timedelta(days=1)

#: The delivery after one more attempt, and how the receiver was met (see `Deliveries.finish`).
Attempt = Callable[[Delivery, Comment], tuple[Delivery, bool | None]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Of a site. A delivery that a courier took is theirs for `lease` seconds, in which an attempt must be over."""

    id: str
    lease: float
    attempt: Attempt


def dropped(delivery: Delivery, now: datetime) -> Delivery:
    """Nothing was sent, as nobody waits for it any more; of the receiver nothing was learned."""
    return replace(delivery, course=DeliveryStatus.DROPPED, due=now)


def settled(delivery: Delivery, now: datetime) -> Delivery:
    """A delivery whose `error` says how its last attempt went: over, or due again; for a day and no longer."""
    n = delivery.attempts
    delivery = replace(delivery, attempts=n + 1)
    if not delivery.error:
        return replace(delivery, course=DeliveryStatus.DELIVERED, due=now)
    due = now + timedelta(seconds=WAITS[min(n, len(WAITS) - 1)])
    over = due > delivery.began + PATIENCE
    return replace(delivery, course=DeliveryStatus.FAILED, due=now) if over else replace(delivery, due=due)

"""Deliveries are retried with backoff, and given up after a day."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from comments.lifecycle import Status
from comments.storage.deliveries import Delivery, DeliveryStatus
from tests.support.builders import NOW
from workers.delivery.retry_policy import after_attempt

FRESH = Delivery("hook", "one", 1, Status.APPROVED, "example.com", NOW, NOW)


def attempted_until_over(error: str = "timeout") -> list[float]:
    """Return the seconds from the first attempt to each later one, if all fail."""
    delivery, at = FRESH, []
    while delivery.state is DeliveryStatus.PENDING:
        at.append((delivery.due - NOW).total_seconds())
        delivery = after_attempt(replace(delivery, error=error), delivery.due)
    assert delivery.state is DeliveryStatus.FAILED
    return at


def test_a_successful_attempt_finishes_a_delivery() -> None:
    after = after_attempt(replace(FRESH, attempts=3, answer=204), NOW)
    assert (after.state, after.attempts, after.due) == (DeliveryStatus.DELIVERED, 4, NOW)


def test_the_backoff_grows_from_five_seconds_to_an_hour() -> None:
    at = attempted_until_over()
    assert [b - a for a, b in pairwise(at)][:7] == [5, 30, 120, 600, 3600, 3600, 3600]


def test_a_delivery_is_given_up_after_a_day() -> None:
    at = attempted_until_over()
    assert timedelta(hours=23) < timedelta(seconds=at[-1]) <= timedelta(days=1)
    assert len(at) == 28

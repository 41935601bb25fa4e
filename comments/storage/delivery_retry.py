"""What both back ends agree on about deliveries."""

from collections.abc import Mapping

from comments.email_subscriptions import MAILS

from .values import Delivery, DeliveryFigures, DeliveryStatus

#: Deliveries of a site that are kept once they are over.
DELIVERIES_KEPT = 200
#: Seconds for which a receiver is left alone after the first, second ... failure in a row. Not longer than the waits
#: between attempts of one delivery, so that a single one is tried on time; and a dead receiver costs little.
RECEIVER_PAUSES = (5.0, 30.0, 120.0)

#: What the names of a site's counters begin with.
WEBHOOKS, MAIL = "deliveries:", "mail:"


def counter_of(before: Delivery, after: Delivery) -> str:
    """The counter of how the attempt between the two went; "" where there was none."""
    retried = "retried" if after.attempts > before.attempts else ""
    result = retried if after.course is DeliveryStatus.PENDING else after.course
    return (MAIL if after.webhook in MAILS else WEBHOOKS) + result if result else ""


def delivery_figures(pending: int, counters: Mapping[str, int]) -> DeliveryFigures:
    """`counters` may hold others too."""

    def of(kind: str) -> dict[str, int]:
        return {name.removeprefix(kind): n for name, n in counters.items() if name.startswith(kind)}

    return DeliveryFigures(pending, of(WEBHOOKS), of(MAIL))

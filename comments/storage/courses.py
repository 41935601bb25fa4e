"""What both back ends agree on about deliveries to webhooks."""

from .values import Course, Delivery

#: Deliveries of a site that are kept once they are over.
KEPT = 200
#: Seconds for which a webhook is left alone after the first, second ... failure in a row. Not longer than the waits
#: between attempts of one delivery, so that a single one is tried on time; and a dead receiver costs little.
RESTS = (5.0, 30.0, 120.0)


def result_of(before: Delivery, after: Delivery) -> str:
    """How the attempt between the two counts; "" where there was none."""
    if after.course is not Course.PENDING:
        return after.course
    return "retried" if after.attempts > before.attempts else ""

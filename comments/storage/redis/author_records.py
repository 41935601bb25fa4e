"""An author's record in one status: the number of their comments and the day of the first, in one integer.

A script changes the integer in place with HINCRBY. The day counts from 1970 and stands above the number of comments.
Records of what people decided (`comments.storage.people_records`) have no day.
"""

from collections.abc import Iterable
from datetime import date, timedelta

#: The day is multiplied by this. No author has so many comments.
FIRST_SEEN_UNIT = 10**9
EPOCH = date(1970, 1, 1)


def comments_in(record: int) -> int:
    return record % FIRST_SEEN_UNIT


def first_seen(records: Iterable[int]) -> date | None:
    """Return the earliest day in the records of one author; None if they hold none."""
    days = [record // FIRST_SEEN_UNIT for record in records if record >= FIRST_SEEN_UNIT]
    return EPOCH + timedelta(days=min(days)) if days else None

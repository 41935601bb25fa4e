"""Protocol of the store of numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from comments.lifecycle import Status

from .number_periods import NumberRange


class Numbers(Protocol):
    """Numbers of a site by hour, day and month.

    The counters change in the same step as the comment. Outcomes are read from the lists of comments by status.
    """

    def counts(self, site: str, periods: NumberRange) -> list[Counter[str]]:
        """Return the counters of each period, by the names in `comments.counted_events`."""

    def outcomes(self, site: str, edges: Sequence[datetime]) -> list[Mapping[Status, int]]:
        """Return the comments received from each edge to the next one, by their status now. An edit counts too."""

    def pages(self, site: str, periods: NumberRange, n: int) -> list[tuple[str, int]]:
        """Return the threads with the most comments that were received in these periods and are published now.

        Days and months only. One day or month lists a bounded number of threads; beyond that, numbers of rare threads
        may be too high.
        """

    def held_ages(self, site: str, now: datetime, bounds: Sequence[int]) -> list[int]:
        """Count the comments that need review by the seconds since they were received; the last above all bounds."""

    def oldest_held(self, site: str) -> datetime | None:
        """Return when the oldest comment that needs review was received."""

    def start_recount(self, site: str) -> None:
        """Forget the counters, except reports, and count again from the records, with `recount_some`."""

    def is_recounting(self, site: str) -> bool: ...

    def recount_some(self, site: str) -> bool:
        """Count some more comments; return False when all are counted. Decisions may go on at the same time."""

"""Protocol of the store for reports by readers: one for each network and comment, for 30 days."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from comments.model import Comment

#: Seconds that the reports of a comment are kept after the last one.
KEPT = 30 * 86_400


class Reports(Protocol):
    """Reports are counted by reason: a `ReportReason` -> the number of networks."""

    def add(self, comment: Comment, origin: str, wrong: str, per_minute: int) -> Mapping[str, int]:
        """Store a network's report and return the comment's counts. Only the first report of a network counts.

        It uses the rate limit for submissions of the network: `per_minute`, 0 for no limit. Raises TooMany.
        """

    def of(self, site: str, ids: Sequence[str]) -> list[Mapping[str, int]]:
        """Return the counts of each comment; empty without reports."""

    def latest(self, site: str, limit: int, cursor: str = "") -> tuple[list[str], str]:
        """Return ids of reported comments of all statuses, the last reported first, and the next cursor.

        Raises Invalid for a bad cursor.
        """

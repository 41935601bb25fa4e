"""Protocol of the store for reports by readers: one for each network and comment, for 30 days."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from comments.model import Comment
from comments.report_rules import ReaderReport

#: Seconds that the reports of a comment are kept after the last one.
KEPT = 30 * 86_400


class Reports(Protocol):
    def add(self, comment: Comment, report: ReaderReport, per_minute: int) -> list[ReaderReport]:
        """Store a report and return all of the comment's, without their `network`. Each network reports once.

        It uses the rate limit for submissions of the network: `per_minute`, 0 for no limit. Raises TooMany.
        """

    def of(self, site: str, ids: Sequence[str]) -> list[Mapping[str, int]]:
        """Return the number of reports of each comment by reason; empty without reports."""

    def latest(self, site: str, limit: int, cursor: str = "") -> tuple[list[str], str]:
        """Return ids of reported comments of all statuses, the last reported first, and the next cursor.

        Raises Invalid for a bad cursor.
        """

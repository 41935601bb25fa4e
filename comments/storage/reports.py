"""What readers report: once a network and comment, for a while, and not without end."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from comments.model import Comment

#: Seconds that the reports of a comment are kept after the last of them.
KEPT = 30 * 86_400


class Reports(Protocol):
    """A tally says how many networks found what wrong (`comments.reports.ReportReason`)."""

    def add(self, comment: Comment, origin: str, wrong: str, per_minute: int) -> Mapping[str, int]:
        """The comment's tally once this network's report is kept; its first one stays, and counts once.

        It takes from the network's allowance of submissions, `per_minute` with 0 for no limit. Raises TooMany.
        """

    def of(self, site: str, ids: Sequence[str]) -> list[Mapping[str, int]]:
        """The tally of each; empty without reports."""

    def latest(self, site: str, limit: int, cursor: str = "") -> tuple[list[str], str]:
        """Ids of reported comments, whatever became of them, the last reported first, and the cursor for more.

        Raises Invalid for a bad cursor.
        """

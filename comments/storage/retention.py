"""Protocol of the store that knows which comments lose personal data after a time, and changes their records."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from comments.lifecycle import Status
from comments.model import Comment


class RetentionClass(StrEnum):
    """Kind of data that is kept for a time of its own."""

    REFUSED = "refused"  # the text of spam and removed comments, from the decision on
    WITHDRAWN = "withdrawn"  # the text of withdrawn comments, from the withdrawal on
    DETAILS = "details"  # browser and network of every comment, from its arrival on


#: Statuses in which a comment loses its text after a time.
CLASS_OF_STATUS: Mapping[Status, RetentionClass] = {
    Status.SPAM: RetentionClass.REFUSED,
    Status.REMOVED: RetentionClass.REFUSED,
    Status.WITHDRAWN: RetentionClass.WITHDRAWN,
}


class Retention(Protocol):
    """`Comments.decide` lists each comment: under its status, and once it is judged under its details."""

    def due(self, site: str, kind: RetentionClass, before: datetime, n: int) -> list[str]:
        """Return the ids of up to `n` comments whose time began before that, the earliest first."""

    def counts(self, site: str, limits: Sequence[tuple[RetentionClass, datetime]]) -> list[int]:
        """Count for each limit the comments of its class whose time began before it."""

    def with_due(self, limits: Mapping[str, Mapping[RetentionClass, datetime]]) -> set[str]:
        """Return those of some sites that have a comment of a class whose time began before its limit."""

    def rewrite(
        self,
        site: str,
        ids: Sequence[str],
        change: Callable[[Comment], Comment | None],
        done: Sequence[RetentionClass],
    ) -> int:
        """Replace the comments by what `change` returns, and take them off the lists of the classes `done`.

        None keeps a comment as it is. One that changes in this moment stays on the lists. The index of comments and
        the counters follow. Returns the number of replaced comments.
        """

    def start(self, site: str, status: Status, ids: Sequence[str], at: datetime) -> None:
        """Let the time of comments that are on no list begin at `at`."""

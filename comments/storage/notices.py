"""Protocol of the store for notices that wait until they are sent to moderators and chat channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

#: Time for which an item waits at most. A receiver that cannot be reached for longer misses it.
NOTICE_LIFETIME = timedelta(days=7)
#: Topics of items that are no NoticeTopic: a test of a receiver, the confirmation of an address, and a change of a
#: message in a chat.
TEST_MESSAGE, CONFIRM_ADDRESS, CHANGE_MESSAGE = "test", "confirm", "change"


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One thing to report. The same event makes the same item, so that adding it twice changes nothing."""

    topic: str  # a NoticeTopic, or the name of another message; text, because a later version may have more
    subject: str  # id of a comment, or a text of the message's own
    version: int = 0  # of the comment


@dataclass(frozen=True, slots=True)
class NoticeClaim:
    """Items that wait for one receiver and are due, leased to one sender."""

    site: str
    receiver: str
    items: tuple[NoticeItem, ...]
    attempts: int = 0  # failed ones since the last success


@dataclass(frozen=True, slots=True)
class NoticeResult:
    """The last attempt to reach a receiver. An empty error means that it was sent."""

    at: datetime
    error: str = ""


class Notices(Protocol):
    """One sorted set lists the receivers of all sites by the time of their next notice."""

    def add(self, site: str, receiver: str, items: Sequence[NoticeItem], due: datetime, now: datetime) -> None:
        """Add items for a receiver, to be sent at `due`, or earlier if the receiver has an earlier notice anyway."""

    def has_due(self, now: datetime) -> bool:
        """True if some receiver's notice is due."""

    def claim(self, now: datetime, lease: float) -> NoticeClaim | None:
        """Lease the receiver that is due first for `lease` seconds; None if none is due."""

    def finish(self, claim: NoticeClaim, done: Sequence[NoticeItem], due: datetime, failed: bool = False) -> None:
        """End a claim and remove the items that were sent. Items that are left are due at `due`.

        After a failure the receiver gets nothing before `due`, whatever is added.
        """

    def forget(self, site: str, receiver: str) -> None:
        """Delete everything that waits for a receiver."""

    def count(self, site: str, kind: str, result: str) -> None:
        """Count a notice by the kind of its receiver and by its result: "sent", "failed" or "capped"."""

    def figures(self) -> Mapping[tuple[str, str, str], int]:
        """Return the counts by site, kind and result."""

    def record_result(self, site: str, receiver: str, result: NoticeResult) -> None: ...

    def results(self, site: str, receivers: Sequence[str]) -> list[NoticeResult | None]:
        """Return the last result of each receiver within the last 30 days."""

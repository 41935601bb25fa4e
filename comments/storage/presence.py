"""Comments that moderators have open, so that two of them do not work on the same one. Nothing is locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Viewer:
    """A moderator with a comment open."""

    by: str  # name of the moderator
    comment: str
    since: datetime


class Presence(Protocol):
    def set(self, site: str, by: str, comment: str, seconds: float) -> None:
        """Record for `seconds` that a moderator has a comment open, in place of any other comment.

        If they have it open already, the start time stays.
        """

    def clear(self, site: str, by: str, comments: Sequence[str] = ()) -> None:
        """Remove a moderator's entry, if it is about one of `comments` or `comments` is empty."""

    def viewers(self, site: str) -> list[Viewer]:
        """Return the current entries, the earliest first."""

"""Who looks at which comment now, so that two moderators do not work on the same one. Nobody is ever kept out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Viewer:
    by: str  # a person's name
    comment: str
    since: datetime


class Presence(Protocol):
    def set(self, site: str, by: str, comment: str, seconds: float) -> None:
        """Note that somebody looks at a comment for so long, in place of any they looked at before.

        A look that goes on keeps the time since when it does.
        """

    def clear(self, site: str, by: str, comments: Sequence[str] = ()) -> None:
        """They look no more, at one of these comments or, without any, at whatever it is."""

    def viewers(self, site: str) -> list[Viewer]:
        """Those that have not ended, by the time since when they go on: who came first is first."""

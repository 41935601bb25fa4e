"""Records about checks for protocols of other programs: texts with a time limit, callbacks, and monthly numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

#: Seconds for which late verdicts are sent. Clients ask again by themselves.
CALLBACK_SECONDS = 900


class AkismetEvent(StrEnum):
    """Events of the Akismet API that are counted. The names are stored."""

    SPAM = "spam"
    HAM = "ham"
    MISSED_SPAM = "missed_spam"
    FALSE_POSITIVE = "false_positives"


@dataclass(frozen=True, slots=True)
class CheckCallback:
    """The address that gets a verdict which came too late for the answer."""

    url: str
    key_id: str  # of the key that asked
    asked: datetime


class CheckRecords(Protocol):
    def put(self, site: str, name: str, value: str, seconds: int) -> str:
        """Store a text for `seconds` and return the text that had this name before; "" for none."""

    def get(self, site: str, name: str) -> str:
        """Return the text with this name; "" for none."""

    def count(self, site: str, event: str, at: datetime, n: int = 1) -> None:
        """Add `n` to the number of this event in the month of `at`."""

    def add_callback(self, site: str, id: str, callback: CheckCallback) -> None:
        """Store the address for the verdict of a check."""

    def callbacks(self, site: str) -> Mapping[str, CheckCallback]:
        """Return the callbacks that are not sent yet, by the id of the check."""

    def remove_callback(self, site: str, id: str) -> bool:
        """Return False if another sender removed it."""

    def counts(self, site: str) -> Mapping[str, Counter[str]]:
        """Return the numbers of all events by month, as "2026-09"."""

"""Records about checks for protocols of other programs: short texts with a time limit, and monthly numbers."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class CheckRecords(Protocol):
    def put(self, site: str, name: str, value: str, seconds: int) -> str:
        """Store a text for `seconds` and return the text that had this name before; "" for none."""

    def get(self, site: str, name: str) -> str:
        """Return the text with this name; "" for none."""

    def count(self, site: str, event: str, at: datetime, n: int = 1) -> None:
        """Add `n` to the number of this event in the month of `at`."""

    def counts(self, site: str) -> Mapping[str, Counter[str]]:
        """Return the numbers of all events by month, as "2026-09"."""

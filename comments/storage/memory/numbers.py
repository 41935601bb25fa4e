"""Numbers in memory, counted from the comments each time: the specification of the counters on Redis."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from comments.counted_events import HOUR_SECONDS, NOT_HOURLY, count_events
from comments.lifecycle import Status
from comments.storage.number_periods import NumberRange, Unit

from .site_data import AllSites


class MemoryNumbers:
    def __init__(self, sites: AllSites) -> None:
        self._sites = sites

    def counts(self, site: str, periods: NumberRange) -> list[Counter[str]]:
        total: Counter[tuple[int, str]] = Counter()
        for comment in list(self._sites[site].comments.values()):
            total.update(count_events(comment))
        return [_between(total, start, end, periods.unit) for start, end in pairwise(periods.edges)]

    def outcomes(self, site: str, edges: Sequence[datetime]) -> list[Mapping[Status, int]]:
        comments = list(self._sites[site].comments.values())
        return [
            {status: sum(c.status is status and a <= c.received < b for c in comments) for status in Status}
            for a, b in pairwise(edges)
        ]

    def pages(self, site: str, periods: NumberRange, n: int) -> list[tuple[str, int]]:
        first, last = periods.whole().start, periods.whole().end
        published = Counter(
            c.thread for c in self._sites[site].in_status(Status.APPROVED) if first <= c.received < last
        )
        return sorted(published.items(), key=lambda row: (-row[1], row[0]))[:n]

    def held_ages(self, site: str, now: datetime, bounds: Sequence[int]) -> list[int]:
        ages = [(now - c.received).total_seconds() for c in self._sites[site].in_status(Status.HELD)]
        edges = [float("-inf"), *bounds, float("inf")]
        return [sum(low < age <= high for age in ages) for low, high in pairwise(edges)]

    def oldest_held(self, site: str) -> datetime | None:
        return next((c.received for c in self._sites[site].in_status(Status.HELD)), None)

    def start_recount(self, site: str) -> None:
        """Nothing is stored that could be wrong."""

    def is_recounting(self, site: str) -> bool:
        return False

    def recount_some(self, site: str) -> bool:
        return False


def _between(total: Counter[tuple[int, str]], start: datetime, end: datetime, unit: Unit) -> Counter[str]:
    first, last = (int(at.timestamp()) // HOUR_SECONDS for at in (start, end))
    counts: Counter[str] = Counter()
    for (hour, name), n in total.items():
        if first <= hour < last and not (unit is Unit.HOUR and name.startswith(NOT_HOURLY)):
            counts[name] += n
    return Counter({name: n for name, n in counts.items() if n})

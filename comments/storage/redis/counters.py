"""A site's counters as they are stored, and as values."""

import time
from collections.abc import Mapping, Sequence
from itertools import accumulate

from comments.counted_events import REVIEW_BOUNDS
from comments.lifecycle import Status
from comments.storage.values import UNSEEN_DAYS, WAIT_BUCKETS, Counters

DAY_SECONDS = 86_400


def read_counters(totals: Mapping[str, float], current: Sequence[int]) -> Counters:
    def of(kind: str) -> dict[str, int]:
        return {name.removeprefix(kind): int(n) for name, n in totals.items() if name.startswith(kind)}

    decided, today = of("decided:"), int(time.time()) // DAY_SECONDS
    waited = {float(bound): n for bound, n in of("wait:").items()}
    cumulative = dict(zip(WAIT_BUCKETS, accumulate(waited.get(bound, 0) for bound in WAIT_BUCKETS), strict=True))
    cumulative[float("inf")] = sum(decided.values())  # includes waits longer than every finite bound
    return Counters(
        accepted=int(totals.get("accepted", 0)),
        decided=decided,
        moderated=of("moderated:"),
        current=dict(zip(Status, current, strict=True)),
        attempts=int(totals.get("attempts", 0)),
        wait_seconds=cumulative,
        wait_sum=totals.get("wait_sum", 0.0),
        review_seconds=_cumulative(REVIEW_BOUNDS, of("review:")),
        review_sum=totals.get("review_sum", 0.0),
        corrected=of("corrected:"),
        reported=int(totals.get("reported", 0)),
        published_unseen=sum(n for day, n in of("unseen:").items() if int(day) > today - UNSEEN_DAYS),
    )


def _cumulative(bounds: Sequence[float], of: Mapping[str, int]) -> dict[float, int]:
    """Return a histogram as upper bound -> times that are not longer."""
    every = {float(bound): n for bound, n in of.items()}
    return dict(zip((*bounds, float("inf")), accumulate(every.get(b, 0) for b in (*bounds, float("inf"))), strict=True))

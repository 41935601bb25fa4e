"""The history of the whole system: a sample for each minute, kept in rings of fixed size.

Totals only grow, so that the difference of two samples says what happened between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from .values import WAIT_BUCKETS


@dataclass(frozen=True, slots=True)
class SystemSample:
    """All sites together at one moment. Fields are stored by position: new ones come last, with a default."""

    at: datetime
    accepted: int = 0
    published: int = 0  # decisions by the filters
    held: int = 0
    spam: int = 0
    moderated: int = 0  # decisions by people
    attempts: int = 0  # claims by workers
    undelivered: int = 0  # failed deliveries, webhooks and email
    waits: tuple[int, ...] = (0,) * len(WAIT_BUCKETS)  # decisions that took no longer than each of WAIT_BUCKETS
    # Values at that moment.
    queued: int = 0
    oldest_seconds: float = 0.0
    needs_review: int = 0
    memory_bytes: int = 0
    memory_limit_bytes: int = 0
    disk_bytes: int = 0
    replicas: int = 0
    replica_lag_bytes: int = 0
    server_errors: int = 0  # total of requests answered with 500
    unavailable: int = 0  # total of requests answered with 503

    @property
    def decided(self) -> int:
        return self.published + self.held + self.spam


def with_peaks(sample: SystemSample, earlier: SystemSample) -> SystemSample:
    """Return `sample` with the larger values of the queue of both, so that a longer step does not hide a peak."""
    return replace(
        sample,
        queued=max(sample.queued, earlier.queued),
        oldest_seconds=max(sample.oldest_seconds, earlier.oldest_seconds),
        replica_lag_bytes=max(sample.replica_lag_bytes, earlier.replica_lag_bytes),
    )


@dataclass(frozen=True, slots=True)
class Resolution:
    """A ring with a slot for each step of time. The oldest sample makes room for the newest."""

    name: str
    step: timedelta
    slots: int

    def slot(self, at: datetime) -> int:
        return self.start_number(at) % self.slots

    def start_number(self, at: datetime) -> int:
        """Number of the step that contains `at`, counted from 1970."""
        return int(at.timestamp() // self.step.total_seconds())


#: A day of minutes, and two weeks of quarters of an hour.
MINUTES = Resolution("minutes", timedelta(minutes=1), 24 * 60)
QUARTERS = Resolution("quarters", timedelta(minutes=15), 14 * 24 * 4)
RESOLUTIONS = (MINUTES, QUARTERS)


class SystemHistory(Protocol):
    def claim_minute(self) -> datetime | None:
        """Return the current minute to the first caller in it, and None to all others."""

    def add(self, sample: SystemSample) -> None:
        """Store the sample of a minute in every ring. A repeat replaces it."""

    def read(self, resolution: Resolution) -> list[SystemSample]:
        """Return the samples of a ring, the oldest first."""

    def count_request_errors(self, errors: Mapping[int, int]) -> None:
        """Add to the numbers of requests that were answered with a status."""

    def request_errors(self) -> Mapping[int, int]:
        """Return the number of requests answered with each status. They begin again 14 days after the last one."""

"""The figures of many sites, read together: for metrics, the operations page and the samples of its charts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .deliveries import DeliveryFigures
from .values import Counters, QueueDepth


@dataclass(frozen=True, slots=True)
class SiteFigures:
    id: str
    counters: Counters
    depth: QueueDepth
    posted: DeliveryFigures = field(default_factory=lambda: DeliveryFigures(0, {}))
    oldest_held: datetime | None = None  # when the oldest comment that needs review was received

    @property
    def is_used(self) -> bool:
        """Return True if the site accepted a comment or has imported ones."""
        return bool(self.counters.accepted or any(self.counters.current.values()))

    def oldest_held_seconds(self, now: datetime) -> float:
        return max(0.0, (now - self.oldest_held).total_seconds()) if self.oldest_held else 0.0


class SiteFiguresStore(Protocol):
    """Reads many sites in few round trips."""

    def read(self, sites: Sequence[str]) -> list[SiteFigures]:
        """Return the figures of each site, in the same order."""

    def oldest_queued(self, sites: Sequence[str]) -> datetime | None:
        """Return when the oldest comment that waits for the filters was received, on any of the sites."""

    def with_work(self, sites: Sequence[str]) -> set[str]:
        """Return the sites that may have work for a job: those where something of that kind is stored.

        Work that only time or a setting makes due is not among it: what is kept too long, and threads to move.
        """

"""Sites of a person at a glance: comments that wait, the age of the oldest one, and arrivals of the last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from comments.site import Site
from comments.storage.interfaces import Storage

from .presenter import status_counts


@dataclass(frozen=True, slots=True)
class SiteSummary:
    site: Site
    held: int
    oldest: datetime | None  # when the comment that waits longest was received
    received: int  # in the last 24 hours


def site_summaries(storage: Storage, sites: Sequence[Site], now: datetime) -> list[SiteSummary]:
    """Sites with comments that need review come first, the longest wait before the others."""
    found = [_summary(storage, site, now) for site in sites]
    return sorted(found, key=lambda summary: (summary.oldest or now, summary.site.name.casefold()))


def _summary(storage: Storage, site: Site, now: datetime) -> SiteSummary:
    held = status_counts(storage, site.id)["held"]
    oldest = storage.numbers.oldest_held(site.id) if held else None
    received = storage.comments.received_between(site.id, now - timedelta(days=1), now)
    return SiteSummary(site, held, oldest, received)

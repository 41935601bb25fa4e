"""Published comments whose thread had no new comment for the days that a site chose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .site import Site
from .storage.interfaces import Storage
from .storage.quiet_threads import THREADS_PER_STEP

#: Steps of a count for a page: 40,000 threads.
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class QuietCount:
    """Published comments in threads without new ones, and these threads. A partial count is of the first threads."""

    comments: int = 0
    threads: int = 0
    is_complete: bool = True


def quiet_since(days: int, now: datetime) -> datetime:
    return now - timedelta(days=days)


def count_quiet(storage: Storage, site: Site, days: int, now: datetime) -> QuietCount:
    """Count what a site would delete at `now` if it kept published comments for so many days; nothing for 0."""
    comments = threads = 0
    after, steps = "", MOST_STEPS if days else 0
    for _ in range(steps):
        found, after = storage.quiet_threads.some(site.id, quiet_since(days, now), after, THREADS_PER_STEP)
        comments += sum(thread.comments for thread in found)
        threads += len(found)
        if not after:
            break
    return QuietCount(comments, threads, not after)

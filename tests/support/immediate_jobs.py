"""A job queue without workers."""

from workers.jobs import CALLABLES


class ImmediateJobs:
    """Runs each job at once, with the same functions that RQ calls."""

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        CALLABLES[job](site, token)

"""The jobs that exist, by name, and how to ask for one.

A job is a wake-up: it says "there is work for this site" and carries ids only. Losing one loses nothing, because the
sweep asks again for whatever is due.
"""

import logging
from typing import Protocol

import redis
from rq import Queue

log = logging.getLogger(__name__)

JUDGE = "workers.jobs.judge"
LEARN = "workers.jobs.learn"
DELIVER = "workers.jobs.deliver"
FILE = "workers.jobs.file"

#: Each job's queue. A worker process listens to one queue only: RQ loses jobs of workers that listen to several.
#: Delivering has one of its own: only its process needs a way out to the internet.
QUEUES = {JUDGE: "judge", LEARN: "errands", FILE: "errands", DELIVER: "deliver"}

#: Seconds until RQ breaks a job off. Shorter than the lease of what it claimed, so that nobody works on it meanwhile.
TIMEOUT = 8
#: Seconds that RQ keeps a finished job. Not 0: deleting at once costs half as many round trips again.
RESULT_TTL = 60
FAILURE_TTL = 3600


class Jobs(Protocol):
    def enqueue(self, job: str, site: str, token: str = "") -> None:
        """Ask for `job` to run soon. A failure is logged and forgotten: the sweep asks again."""


class RQJobs:
    """Jobs over RQ's public interface, with JSON for arguments so that nothing unpickles what Redis holds."""

    def __init__(self, connection: "redis.Redis") -> None:
        self._queues = {
            name: Queue(name, connection=connection, serializer="json", default_timeout=TIMEOUT)
            for name in set(QUEUES.values())
        }

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        try:
            self._queues[QUEUES[job]].enqueue_call(
                job,
                args=(site, token),
                result_ttl=RESULT_TTL,
                failure_ttl=FAILURE_TTL,
                description=job,
            )
        except redis.RedisError as error:
            log.warning("could not ask for %s: %s", job, error)

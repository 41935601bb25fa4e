"""Names of the background jobs, and how to enqueue one.

A job is a wake-up: it says that a site has work to do, and carries ids only. A lost job loses no data, because the
sweep enqueues another one for whatever is due.
"""

import logging
from collections.abc import Iterable
from typing import Protocol

import redis
from rq import Queue

from .pseudonyms import new_id

log = logging.getLogger(__name__)

JUDGE = "workers.jobs.judge"
LEARN = "workers.jobs.learn"
DELIVER = "workers.jobs.deliver"
INDEX = "workers.jobs.update_queue_index"
MOVED_THREADS = "workers.jobs.update_threads"
NOTIFY = "workers.jobs.send_notices"
NUMBERS = "workers.jobs.count_numbers"
REMOVE_SITE = "workers.jobs.remove_site"
IMPORT_UPLOAD = "workers.jobs.import_upload"
RETENTION = "workers.jobs.delete_expired"
ERASE = "workers.jobs.erase_subjects"

#: Job -> its RQ queue, which is also the name of the process that works on it. A process listens to one queue only,
#: because RQ loses jobs of workers that listen to several. Only `delivery` needs access to the internet.
QUEUES = {
    JUDGE: "judge",
    **dict.fromkeys((LEARN, INDEX, MOVED_THREADS, NUMBERS, REMOVE_SITE, IMPORT_UPLOAD, RETENTION, ERASE), "background"),
    DELIVER: "delivery",
    NOTIFY: "delivery",
}
#: Names of queues and processes up to 0.1.0, and what they are called now.
FORMER_QUEUES = {"errands": "background", "deliver": "delivery"}

#: Seconds until RQ stops a job. Shorter than the lease of the comments it claimed, so that no other job has them yet.
TIMEOUT = 8
#: Seconds that RQ keeps a finished job. Deleting it at once (0) would take half as many round trips again.
RESULT_TTL = 60
FAILURE_TTL = 3600


#: Prefix of a deployment whose queues have no prefix, as they had none before.
DEFAULT_PREFIX = "rg"


def rq_name(queue: str, prefix: str) -> str:
    """Return RQ's name of a queue. Two deployments on one server have different prefixes, so they share no queue."""
    return queue if prefix == DEFAULT_PREFIX else ":".join((prefix, queue))


def job_id(site: str, token: str) -> str:
    """Return a new id for RQ that names the wake-up. A job that is enqueued again needs another one than the last."""
    return f"{site}_{token}_{new_id()}"


def wakeups_of(job_ids: Iterable[bytes | str]) -> dict[str, list[str]]:
    """Return the wake-ups of each site among some jobs. Jobs of versions before have other ids."""
    found: dict[str, list[str]] = {}
    for id in job_ids:
        site, _, rest = (id.decode() if isinstance(id, bytes) else id).partition("_")
        if token := rest.rpartition("_")[0]:
            found.setdefault(site, []).append(token)
    return found


def judging_channel(prefix: str) -> str:
    """Return the channel with the site of each judging job, for judges that listen for work on another site."""
    return f"{rq_name(QUEUES[JUDGE], prefix)}:enqueued"


class Jobs(Protocol):
    def enqueue(self, job: str, site: str, token: str = "") -> None:
        """Enqueue `job` to run soon. A failure is only logged, because the sweep enqueues the job again."""


class RQJobs:
    """Jobs in RQ, with arguments as JSON, so that nothing from Redis is unpickled."""

    def __init__(self, connection: "redis.Redis", prefix: str = DEFAULT_PREFIX) -> None:
        self._connection, self._channel = connection, judging_channel(prefix)
        self._queues = {
            name: Queue(rq_name(name, prefix), connection=connection, serializer="json", default_timeout=TIMEOUT)
            for name in set(QUEUES.values())
        }

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        try:
            self._queues[QUEUES[job]].enqueue_call(
                job,
                args=(site, token),
                job_id=job_id(site, token),
                result_ttl=RESULT_TTL,
                failure_ttl=FAILURE_TTL,
                description=job,
            )
            if job == JUDGE:
                self._connection.publish(self._channel, site)
        except redis.RedisError as error:
            log.warning("could not enqueue %s: %s", job, error)

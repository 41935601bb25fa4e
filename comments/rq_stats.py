"""Statistics of RQ's queues, read without RQ's clean-up: many of its counters clean up first, as a worker would.

They describe the wake-ups. The comments themselves are counted in `comments.storage`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import redis
from rq import Queue, Worker

from .errors import StorageDown
from .job_queue import DEFAULT_PREFIX, QUEUES, rq_name


@dataclass(frozen=True, slots=True)
class RQQueueStats:
    """`jobs` maps a state (queued, started, failed ...) to a number. RQ keeps failed jobs for an hour."""

    name: str
    workers: int
    jobs: Mapping[str, int]


class RQStats(Protocol):
    def read(self) -> tuple[RQQueueStats, ...]:
        """Statistics of each queue, by name. Raises StorageDown."""


class NoRQStats:
    """For a process without a connection to RQ."""

    def read(self) -> tuple[RQQueueStats, ...]:
        return ()


class RQStatsReader:
    """Reads the statistics of every queue in QUEUES."""

    def __init__(self, connection: "redis.Redis", prefix: str = DEFAULT_PREFIX) -> None:
        self._queues = {
            name: Queue(rq_name(name, prefix), connection=connection, serializer="json")
            for name in sorted(set(QUEUES.values()))
        }

    def read(self) -> tuple[RQQueueStats, ...]:
        try:
            return tuple(RQQueueStats(name, _count_workers(q), _count_jobs(q)) for name, q in self._queues.items())
        except redis.RedisError as error:
            raise StorageDown(f"the server did not answer RQ: {error}") from error


def _count_workers(queue: Queue) -> int:
    """Counts records, not names: RQ keeps the name of a killed worker until its next clean-up."""
    keys = Worker.all_keys(queue=queue)
    return int(queue.connection.exists(*keys)) if keys else 0


def _count_jobs(queue: Queue) -> dict[str, int]:
    return {
        "queued": queue.count,
        "started": queue.started_job_registry.get_job_count(cleanup=False),
        "finished": queue.finished_job_registry.get_job_count(cleanup=False),
        "failed": queue.failed_job_registry.get_job_count(cleanup=False),
        "deferred": queue.deferred_job_registry.get_job_count(cleanup=False),
        "scheduled": queue.scheduled_job_registry.get_job_count(cleanup=False),
    }

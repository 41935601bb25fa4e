"""RQ's own figures, read without triggering its clean-up: many of its counters clean first, as if they were a worker.

They say how the wake-ups fare. How the comments fare is in their own indexes; see `comments.storage`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import redis
from rq import Queue, Worker

from .errors import StorageDown
from .job_queue import QUEUES


@dataclass(frozen=True, slots=True)
class RQQueueStats:
    """`jobs` maps a state (queued, started, failed ...) to a number; failed ones stay for an hour."""

    name: str
    workers: int
    jobs: Mapping[str, int]


class RQStats(Protocol):
    def figures(self) -> tuple[RQQueueStats, ...]:
        """By name. Raises StorageDown."""


class NoRQStats:
    """For a process that has no RQ to look at."""

    def figures(self) -> tuple[RQQueueStats, ...]:
        return ()


class RQStatsReader:
    """Every queue of the jobs that exist."""

    def __init__(self, connection: "redis.Redis") -> None:
        names = sorted(set(QUEUES.values()))
        self._queues = [Queue(name, connection=connection, serializer="json") for name in names]

    def figures(self) -> tuple[RQQueueStats, ...]:
        try:
            return tuple(RQQueueStats(q.name, _workers(q), _jobs(q)) for q in self._queues)
        except redis.RedisError as error:
            raise StorageDown(f"the server did not answer RQ: {error}") from error


def _workers(queue: Queue) -> int:
    """RQ forgets a killed worker's name only when it cleans; its record is gone before, so count those."""
    keys = Worker.all_keys(queue=queue)
    return int(queue.connection.exists(*keys)) if keys else 0


def _jobs(queue: Queue) -> dict[str, int]:
    return {
        "queued": queue.count,
        "started": queue.started_job_registry.get_job_count(cleanup=False),
        "finished": queue.finished_job_registry.get_job_count(cleanup=False),
        "failed": queue.failed_job_registry.get_job_count(cleanup=False),
        "deferred": queue.deferred_job_registry.get_job_count(cleanup=False),
        "scheduled": queue.scheduled_job_registry.get_job_count(cleanup=False),
    }

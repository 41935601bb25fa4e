"""Statistics of RQ's queues, read without RQ's clean-up: many of its counters clean up first, as a worker would.

They describe the wake-ups. The comments themselves are counted in `comments.storage`.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import redis
from rq import Queue, Worker
from rq.executions import WORKER_EXECUTIONS_KEY_TEMPLATE
from rq.job import Job
from rq.utils import str_to_date

from .errors import StorageDown
from .job_queue import DEFAULT_PREFIX, QUEUES, rq_name

#: Field of RQ's record of a worker that our workers add: their memory in bytes.
MEMORY_FIELD = "memory_bytes"
#: Bytes of a job's data at most. Ours have a tenth of that.
_MAX_DATA = 2_000


@dataclass(frozen=True, slots=True)
class RQWorkerStats:
    """A worker process, and the job that it does. Its counts begin with its start."""

    name: str
    done: int = 0  # jobs that ended, without those that failed
    failed: int = 0
    memory_bytes: int = 0  # 0 if it is not recorded
    job: str = ""  # name of the job's function; "" if the worker waits for a job
    site: str = ""  # "" for a job of all sites
    since: datetime | None = None  # start of the job


@dataclass(frozen=True, slots=True)
class RQQueueStats:
    """`jobs` maps a state (queued, started, failed ...) to a number. RQ keeps failed jobs for an hour."""

    name: str
    workers: Sequence[RQWorkerStats]
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
            return tuple(RQQueueStats(name, _read_workers(q), _count_jobs(q)) for name, q in self._queues.items())
        except redis.RedisError as error:
            raise StorageDown(f"the server did not answer RQ: {error}") from error


def _read_workers(queue: Queue) -> tuple[RQWorkerStats, ...]:
    """Return workers that have a record: RQ keeps the name of a killed worker until its next clean-up."""
    keys = sorted(Worker.all_keys(queue=queue))
    if not keys:
        return ()
    names = [key.removeprefix(Worker.redis_worker_namespace_prefix) for key in keys]
    pipe = queue.connection.pipeline(transaction=False)
    for key, name in zip(keys, names, strict=True):
        pipe.hmget(key, "last_heartbeat", "successful_job_count", "failed_job_count", MEMORY_FIELD)
        pipe.srandmember(WORKER_EXECUTIONS_KEY_TEMPLATE.format(name))
    answers = pipe.execute()
    for execution in answers[1::2]:
        pipe.hmget(Job.key_for((execution or b"").partition(b":")[0].decode()), "data", "started_at")
    jobs = pipe.execute()
    rows = zip(names, answers[::2], jobs, strict=True)
    return tuple(_worker(name, record, job) for name, record, job in rows if record[0] is not None)


def _worker(name: str, record: Sequence[bytes | None], job: Sequence[bytes | None]) -> RQWorkerStats:
    done, failed, memory = (int(n) if n and n.isdigit() else 0 for n in record[1:])
    function, site = _function_and_site(job[0]) if job[0] else ("", "")
    return RQWorkerStats(name, done, failed, memory, function, site, _time(job[1]) if function else None)


def _time(text: bytes | None) -> datetime | None:
    """None for a time that is missing or cannot be read."""
    try:
        return str_to_date(text.decode()) if text else None
    except ValueError:
        return None


def _function_and_site(data: bytes) -> tuple[str, str]:
    """Return what a job calls; "?" for one that is not ours, which no worker runs."""
    try:
        function, _, (site, _), _ = json.loads(zlib.decompressobj().decompress(data, _MAX_DATA))
    except (zlib.error, ValueError, TypeError, RecursionError):
        return "?", ""
    return str(function), str(site)


def _count_jobs(queue: Queue) -> dict[str, int]:
    return {
        "queued": queue.count,
        "started": queue.started_job_registry.get_job_count(cleanup=False),
        "finished": queue.finished_job_registry.get_job_count(cleanup=False),
        "failed": queue.failed_job_registry.get_job_count(cleanup=False),
        "deferred": queue.deferred_job_registry.get_job_count(cleanup=False),
        "scheduled": queue.scheduled_job_registry.get_job_count(cleanup=False),
    }

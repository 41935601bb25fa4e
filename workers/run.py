"""Run one worker process: RQ's in-process worker on one queue, restricted to our own jobs."""

import faulthandler
import gc
import logging
import mmap
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import redis
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.timeouts import UnixSignalDeathPenalty

from comments.errors import StorageDown
from comments.job_queue import JUDGE, QUEUES
from comments.part_process import process_name
from comments.rq_stats import MEMORY_FIELD
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect_queue
from comments.storage.redis.client import is_unavailable
from comments.storage.store_waits import retried

from .deps import Deps, build_deps, set_deps
from .preload import load_models
from .rq_jobs import WakeUp, open_queue
from .scoring.scorers import open_scorer

log = logging.getLogger(__name__)

#: Seconds that RQ's record of a worker is valid, less a minute.
WORKER_TTL = 20
#: Longest wait for a job between two looks at the end of the process, in seconds.
_WAIT_SECONDS = 0.25
#: Seconds between two heartbeats, and how long one is valid: longer than the wait for a job, and than a job may take.
_HEARTBEAT_INTERVAL, _HEARTBEAT_LIFETIME = 2.0, 15.0
#: Jobs after which a process ends and a new one replaces it, which frees leaked memory.
JOBS = 10_000
#: Seconds from the time-out of a job to the forced end of its process.
LAST_CHANCE = 2
#: RQ doubles its wait for an unavailable server, beginning with 1 s, up to this many seconds.
MAX_WAIT = 2.0
#: Linux's figures of this process's memory, in pages.
_STATM = Path("/proc/self/statm")


class OutOfTime(BaseException):
    """Raised in a job whose time is up. Not an Exception, so that a broad `except` lets it through."""


class Deadline(UnixSignalDeathPenalty):
    """Stops a job at its time-out. Ends the process if the job does not stop, because C code does not return."""

    def __init__(self, timeout: int, exception: type[Exception] = Exception, **kwargs: Any) -> None:
        super().__init__(timeout, exception, **kwargs)  # type: ignore[no-untyped-call]  # RQ has no types here
        self.seconds = timeout

    def handle_death_penalty(self, number: int, frame: FrameType | None) -> None:
        raise OutOfTime(f"not finished after {self.seconds} s")

    def setup_death_penalty(self) -> None:
        faulthandler.dump_traceback_later(self.seconds + LAST_CHANCE, exit=True)
        super().setup_death_penalty()  # type: ignore[no-untyped-call]

    def cancel_death_penalty(self) -> None:
        super().cancel_death_penalty()  # type: ignore[no-untyped-call]
        faulthandler.cancel_dump_traceback_later()


class Worker(SimpleWorker):
    """An RQ worker without forks, remote commands and maintenance, which also sends `storage.heartbeats`."""

    job_class = WakeUp
    death_penalty_class = Deadline
    max_connection_wait_time = MAX_WAIT
    storage: Storage
    part: str  # name of its queue without the prefix
    beat_at = 0.0  # by the monotonic clock
    rq_beat_at = 0.0
    has_frozen = False
    may_have_job = False
    dequeue_timeout = _WAIT_SECONDS  # type: ignore[assignment]  # RQ has whole seconds

    def _shutdown(self) -> None:
        """Stop after the job of this process. RQ would lose one that it has taken and not begun.

        This runs in a signal handler, so it asks no server, and the code that it interrupts may drop the exception.
        """
        self._stop_requested = True
        if not self.may_have_job:
            raise StopRequested

    @property
    def should_run_maintenance_tasks(self) -> bool:
        """Return False: the sweep cleans up. RQ asks before each wait for a job, where a stop loses none."""
        if self._stop_requested:
            raise StopRequested
        return False

    def may_listen(self) -> bool:
        """Return True while a job may wait for more work: no other job waits, and this process is not to stop."""
        try:
            return not self._stop_requested and len(self.queues[0]) == 0
        except redis.RedisError as error:
            self._raise_unless_unavailable(error)
            return False

    def procline(self, message: str) -> None:
        """Keep the title of the process: its part. RQ would write what it does, several times for each job."""

    def subscribe(self) -> None:
        """Ignore remote commands, which could stop workers. This also saves a thread, and a second at shutdown."""

    def check_for_suspension(self, burst: bool) -> None:
        """Do nothing: nobody suspends workers. RQ's look before each job ends the worker if the server is away then."""

    def dequeue_job_and_maintain_ttl(self, timeout: int | None, max_idle_time: int | None = None) -> Any:
        """Wait for the next job, also while the server refuses to work. RQ itself only waits for lost connections."""
        while True:
            self.may_have_job = True
            try:
                return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
            except redis.RedisError as error:
                self.may_have_job = False
                self._raise_unless_unavailable(error)
            retried(self.storage.server.check_write)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run a job. If RQ cannot record its end, the sweep enqueues what is left of its work."""
        try:
            super().execute_job(job, queue)  # RQ has no types here
        except redis.RedisError as error:
            self._raise_unless_unavailable(error)
        finally:
            self.may_have_job = False
        if not self.has_frozen:
            # The first job loaded models and word lists. Without them a garbage collection has little to search.
            self.has_frozen = True
            gc.collect()
            gc.freeze()

    def teardown(self) -> None:
        """Remove the record of this worker. Without a server it expires."""
        try:
            super().teardown()  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            self._raise_unless_unavailable(error)

    def _raise_unless_unavailable(self, error: redis.RedisError) -> None:
        if not is_unavailable(error):
            raise error
        log.warning("the server is unavailable: %s", type(error).__name__)

    def set_state(self, state: str, pipeline: Any = None) -> None:
        """Store the state if it changes. RQ stores it twice after each job, and each time is a write to disk."""
        if pipeline is not None or state != self._state:
            super().set_state(state, pipeline)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Send both heartbeats, each only every few seconds: RQ calls this five times for each job."""
        if pipeline is not None or timeout is not None or time.monotonic() >= self.rq_beat_at:
            self.rq_beat_at = time.monotonic() + _HEARTBEAT_INTERVAL
            try:
                super().heartbeat(timeout, pipeline)
                (self.connection if pipeline is None else pipeline).hset(self.key, MEMORY_FIELD, resident_bytes())
            except redis.RedisError as error:
                self._raise_unless_unavailable(error)
        if time.monotonic() >= self.beat_at:
            self.beat_at = time.monotonic() + _HEARTBEAT_INTERVAL
            try:
                self.storage.heartbeats.beat(self.part, self.name, _HEARTBEAT_LIFETIME)
            except StorageDown as error:
                log.warning("could not send a heartbeat: %s", error)


def resident_bytes() -> int:
    """Return the memory of this process in RAM; 0 where the system has no such file."""
    try:
        return int(_STATM.read_text().split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0


def open_worker(queue: str, deps: Deps) -> Worker:
    """Return a worker with a connection of its own, because RQ raises the time-outs of its connection."""
    connection = connect_queue(deps.settings)
    worker = Worker(
        [open_queue(queue, connection, deps.settings.prefix)],
        name=f"{process_name()}.{queue}",
        connection=connection,
        serializer="json",
        worker_ttl=WORKER_TTL,
        log_job_description=False,
    )
    worker.storage, worker.part = deps.storage, queue
    return worker


def work(queue: str, settings: Settings, deps: Deps | None = None, ready: Callable[[], None] = lambda: None) -> None:
    """Run the jobs of one queue until SIGTERM or SIGINT, which let the current job finish.

    `ready` is called as soon as nothing but the server is missing: another process would not work any better then.
    Also returns when RQ stops for any reason: the supervisor then starts the process again.
    """
    deps = deps or build_deps(settings)
    if queue == QUEUES[JUDGE] and settings.scorer:
        deps = replace(deps, ask_scorer=open_scorer(settings).ask)  # only here, because a scorer may need much memory
    if queue == QUEUES[JUDGE]:
        load_models()
    ready()
    retried(deps.storage.server.check_write)
    worker = open_worker(queue, deps)  # connects
    set_deps(replace(deps, may_listen=worker.may_listen))
    try:
        worker.work(max_jobs=JOBS + random.randrange(JOBS // 10))  # noqa: S311 - random, so that processes do not end at the same time
    finally:
        deps.senders.close()

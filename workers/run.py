"""One worker process: RQ's in-process worker on one queue, doing our jobs and nothing else."""

import faulthandler
import logging
import random
import time
from secrets import token_hex
from types import FrameType
from typing import Any

from rq import SimpleWorker
from rq.timeouts import UnixSignalDeathPenalty

from comments.errors import StorageDown
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect

from .deps import Deps, build_deps, install
from .rq_jobs import WakeUp, open_queue

log = logging.getLogger(__name__)

#: RQ waits for a job 15 s less than this, then says that it is alive. Its default of 420 s would say so too seldom.
WORKER_TTL = 20
#: Seconds between two signs of life, and how long one counts: longer than a wait for a job and than a job may take.
BEAT, ALIVE = 2.0, 15.0
#: Jobs after which a process ends and a fresh one takes over; what it may have leaked goes with it.
JOBS = 10_000
#: Seconds after a job's time that the process has to give up, before it is ended where it stands.
LAST_CHANCE = 2
#: RQ doubles its wait for a server that is away from 1 s on; not beyond this.
MAX_WAIT = 2.0


class OutOfTime(BaseException):
    """Raised in a job whose time is up. Not an Exception: what catches those must not catch this."""


class Deadline(UnixSignalDeathPenalty):
    """Breaks a job off; and when that does not help, because C code does not return, ends the process."""

    def __init__(self, timeout: int, exception: type[Exception] = Exception, **kwargs: Any) -> None:
        super().__init__(timeout, exception, **kwargs)  # type: ignore[no-untyped-call]  # RQ has no types here
        self.seconds = timeout

    def handle_death_penalty(self, number: int, frame: FrameType | None) -> None:
        raise OutOfTime(f"not done after {self.seconds} s")

    def setup_death_penalty(self) -> None:
        faulthandler.dump_traceback_later(self.seconds + LAST_CHANCE, exit=True)
        super().setup_death_penalty()  # type: ignore[no-untyped-call]

    def cancel_death_penalty(self) -> None:
        super().cancel_death_penalty()  # type: ignore[no-untyped-call]
        faulthandler.cancel_dump_traceback_later()


class Worker(SimpleWorker):
    """An RQ worker without forks, remote commands and maintenance; it tells `storage.heartbeats` that it is alive."""

    job_class = WakeUp
    death_penalty_class = Deadline
    max_connection_wait_time = MAX_WAIT
    storage: Storage
    beat_at = 0.0  # by the monotonic clock

    def subscribe(self) -> None:
        """Nobody may stop workers by publishing to Redis. It also saves a thread, and a second when we stop."""

    def run_maintenance_tasks(self) -> None:
        """The sweep cleans up: here one bad hash would end each worker at its start, for the next 15 minutes."""

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        if time.monotonic() >= self.beat_at:
            self.beat_at = time.monotonic() + BEAT
            try:
                self.storage.heartbeats.beat(self.queues[0].name, self.name, ALIVE)
            except StorageDown as error:
                log.warning("could not say that I am alive: %s", error)


def open_worker(queue: str, deps: Deps) -> Worker:
    """A worker with a connection of its own, because RQ makes the timeouts of the one it gets longer."""
    connection = connect(deps.settings)
    worker = Worker(
        [open_queue(queue, connection)],
        name=f"{queue}-{token_hex(4)}",  # a process id would meet its dead predecessor's in a container
        connection=connection,
        serializer="json",
        worker_ttl=WORKER_TTL,
        log_job_description=False,
    )
    worker.storage = deps.storage
    return worker


def work(queue: str, settings: Settings, deps: Deps | None = None) -> None:
    """Do the jobs of one queue until SIGTERM or SIGINT; the one at work is finished first.

    Returns also when RQ gives up, whatever for: the supervisor starts the process again.
    """
    deps = deps or build_deps(settings)
    install(deps)
    try:
        open_worker(queue, deps).work(max_jobs=JOBS + random.randrange(JOBS // 10))  # noqa: S311 - not all at once
    finally:
        deps.couriers.close()

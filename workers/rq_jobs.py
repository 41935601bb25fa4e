"""RQ jobs as wake-ups: validated before they run, and removed when no worker finished them.

RQ reads a job from a hash that anyone with write access to Redis can change: its function, its arguments, callbacks and
web addresses to call. One unreadable field ends the worker, and then the next worker while it cleans up. A job that is
exactly one of our wake-ups therefore counts as missing, and RQ skips it.
"""

import logging
from collections.abc import Container
from typing import Any

import redis
from rq import Queue
from rq.exceptions import DeserializationError, InvalidJobOperation, NoSuchJobError, TimeoutFormatError
from rq.job import Job
from rq.registry import clean_registries
from rq.worker_registration import clean_worker_registry

from comments.job_queue import DEFAULT_PREFIX, FAILURE_TTL, QUEUES, RESULT_TTL, TIMEOUT, rq_name

from .jobs import CALLABLES

log = logging.getLogger(__name__)

#: Exceptions of RQ for a job hash with fields it cannot parse. Found by testing.
UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError,
    DeserializationError, InvalidJobOperation, TimeoutFormatError, redis.ResponseError,
)  # fmt: skip


class WakeUp(Job):
    """An RQ job that can only be one of our own jobs."""

    def refresh(self) -> None:
        """Raises NoSuchJobError for a hash that is missing, unreadable or not a wake-up."""
        try:
            super().refresh()  # type: ignore[no-untyped-call]  # RQ has no types here
            valid = self._is_wake_up()
        except UNREADABLE as error:
            log.error("an RQ job cannot be read", extra={"job": self.id})
            raise NoSuchJobError(f"job {self.id} cannot be read: {type(error).__name__}") from error
        if not valid:
            log.error("an RQ job is not a wake-up", extra={"job": self.id})
            raise NoSuchJobError(f"job {self.id} is not a wake-up")
        self._reset_options()

    def _is_wake_up(self) -> bool:
        return (
            self.instance is None
            and not self.kwargs
            and len(self.args) == 2
            and all(isinstance(argument, str) for argument in self.args)
            and str(self.origin).rpartition(":")[2] == QUEUES.get(str(self.func_name))
        )

    def _reset_options(self) -> None:
        """Overwrite options that wake-ups never use, whatever the hash contains."""
        self.timeout, self.result_ttl, self.failure_ttl = TIMEOUT, RESULT_TTL, FAILURE_TTL
        self.webhooks, self.rate_limit_key, self.group_id = [], None, None
        self.retries_left = self.repeats_left = None

    success_callback = failure_callback = stopped_callback = property(lambda self: None)

    def perform(self) -> Any:
        """Call one of our own functions. RQ would import whatever function the hash names."""
        return CALLABLES[str(self.func_name)](*self.args)


def open_queue(name: str, connection: "redis.Redis", prefix: str = DEFAULT_PREFIX) -> Queue:
    return Queue(
        rq_name(name, prefix), connection=connection, serializer="json", job_class=WakeUp, default_timeout=TIMEOUT
    )


def delete_jobs_of(queue: Queue, sites: Container[str]) -> None:
    """Delete RQ's records of jobs for sites that do not exist any more. A job that runs is left to its end."""
    registries = (
        *(queue.finished_job_registry, queue.failed_job_registry, queue.canceled_job_registry),
        *(queue.deferred_job_registry, queue.scheduled_job_registry),
    )
    ids = {*queue.get_job_ids(), *(id for registry in registries for id in registry.get_job_ids(cleanup=False))}
    for id in ids:
        try:
            job = WakeUp.fetch(id, queue.connection, serializer="json")
        except NoSuchJobError:
            continue
        if job.args[0] in sites:
            for registry in registries:
                registry.remove(id)
            job.delete()


def clean_up(queue: Queue) -> None:
    """Remove the wake-ups of killed workers, and RQ's records of old jobs and workers.

    No job is run again: its work is still due, so the sweep enqueues a new one. Two processes may clean up at once.
    RQ's workers would do this only every ten minutes, and one unreadable hash would end each of them.
    """
    clean_registries(queue)
    clean_worker_registry(queue)
    stuck = queue.intermediate_queue
    for id in stuck.get_job_ids():
        # The first call stores the time and returns True. RQ calls a job stuck one minute later; usually it is in this
        # queue for milliseconds.
        if not stuck.set_first_seen(id) and stuck.should_be_cleaned_up(id):
            stuck.remove(id)
            queue.connection.delete(WakeUp.key_for(id))
            log.warning("removed a wake-up that no worker finished", extra={"job": id})

"""RQ's jobs as what they are to us: wake-ups. They are read with suspicion, and swept up when nobody finished them.

RQ reads a job from a hash that anybody who can write to Redis can fill: its function, its arguments, callbacks, web
addresses to call. One field it cannot parse ends the worker, and then the worker's successor while that cleans up. So
whatever is not exactly a wake-up of ours counts as missing, which RQ passes over.
"""

import logging
from typing import Any

import redis
from rq import Queue
from rq.exceptions import DeserializationError, InvalidJobOperation, NoSuchJobError, TimeoutFormatError
from rq.job import Job
from rq.registry import clean_registries
from rq.worker_registration import clean_worker_registry

from comments.job_queue import FAILURE_TTL, QUEUES, RESULT_TTL, TIMEOUT

from .jobs import CALLABLES

log = logging.getLogger(__name__)

#: What reading a job's hash raises when something in it is not as RQ wrote it. Found by trying.
UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError,
    DeserializationError, InvalidJobOperation, TimeoutFormatError, redis.ResponseError,
)  # fmt: skip


class WakeUp(Job):
    """One of our own jobs, and nothing else."""

    def refresh(self) -> None:
        """Raises NoSuchJobError for a hash that is missing, unreadable or no wake-up."""
        try:
            super().refresh()  # type: ignore[no-untyped-call]  # RQ has no types here
            ours = self._is_ours()
        except UNREADABLE as error:
            log.error("an RQ job cannot be read", extra={"job": self.id})
            raise NoSuchJobError(f"job {self.id} cannot be read: {type(error).__name__}") from error
        if not ours:
            log.error("an RQ job is none of ours", extra={"job": self.id})
            raise NoSuchJobError(f"job {self.id} is none of ours")
        self._disarm()

    def _is_ours(self) -> bool:
        return (
            self.instance is None
            and not self.kwargs
            and len(self.args) == 2
            and all(isinstance(argument, str) for argument in self.args)
            and self.origin == QUEUES.get(str(self.func_name))
        )

    def _disarm(self) -> None:
        """Forget what wake-ups never have, whoever wrote it there."""
        self.timeout, self.result_ttl, self.failure_ttl = TIMEOUT, RESULT_TTL, FAILURE_TTL
        self.webhooks, self.rate_limit_key, self.group_id = [], None, None
        self.retries_left = self.repeats_left = None

    success_callback = failure_callback = stopped_callback = property(lambda self: None)

    def perform(self) -> Any:
        """Call one of our own functions; RQ would import whatever is named."""
        return CALLABLES[str(self.func_name)](*self.args)


def open_queue(name: str, connection: "redis.Redis") -> Queue:
    return Queue(name, connection=connection, serializer="json", job_class=WakeUp, default_timeout=TIMEOUT)


def sweep_up(queue: Queue) -> None:
    """Drop wake-ups whose worker died with them, and RQ's records of what is over and of workers that are gone.

    Nothing is run again: whatever such a wake-up was for is still due, and is asked for anew. Two processes may do this
    at once. Done here instead of by RQ's workers, where it comes every ten minutes and a bad hash ends the worker.
    """
    clean_registries(queue)
    clean_worker_registry(queue)
    stuck = queue.intermediate_queue
    for id in stuck.get_job_ids():
        # True the first time; RQ calls a job stuck a minute later. It is there for milliseconds when all is well.
        if not stuck.set_first_seen(id) and stuck.should_be_cleaned_up(id):
            stuck.remove(id)
            queue.connection.delete(WakeUp.key_for(id))
            log.warning("dropped a wake-up that nobody finished", extra={"job": id})

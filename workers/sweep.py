"""Enqueue jobs for work that is due, once a second and for every site.

Jobs are lost with the workers that run them, and RQ does not notice. The sweep is the only part that guarantees that
an accepted comment is judged. Any number of sweeps may run at once, since every step can be repeated:
`missing_wakeups` issues its tokens in one script, and the other jobs do nothing when nothing is due.
"""

import logging
import signal
import threading
from collections.abc import Container, Sequence
from secrets import token_hex

import redis

from comments.errors import StorageDown
from comments.job_queue import (
    DELIVER,
    FORMER_QUEUES,
    INDEX,
    JUDGE,
    LEARN,
    MOVED_THREADS,
    NOTIFY,
    NUMBERS,
    QUEUES,
    REMOVE_SITE,
)
from comments.settings import Settings
from comments.site import Site
from comments.site_deletion import is_removable
from comments.storage.redis import connect
from comments.storage.redis.client import is_unavailable
from comments.storage.store_waits import LONGEST_WAIT, SHORTEST_WAIT
from comments.thread_plans import has_changed_rules

from .delivery.outbox import receivers
from .deps import Deps, build_deps
from .rq_jobs import clean_up, open_queue

log = logging.getLogger(__name__)

#: Seconds that a heartbeat is valid. A pass over many sites may take a few.
_HEARTBEAT_LIFETIME = 15.0
#: The site of a job that works on all sites.
ALL_SITES = ""
#: Passes between two clean-ups of RQ's records.
CLEAN_UP_EVERY = 10


class Sweep:
    """Enqueues jobs for work that is due. `connection` is RQ's."""

    def __init__(self, deps: Deps, connection: "redis.Redis") -> None:
        self._deps = deps
        prefix = deps.settings.prefix
        self._queues = {name: open_queue(name, connection, prefix) for name in sorted(set(QUEUES.values()))}
        self._former_queues = [open_queue(name, connection) for name in FORMER_QUEUES]
        self._name = token_hex(4)
        self._passes = 0

    def run_once(self) -> None:
        """Enqueue the missing jobs of every site. Raises StorageDown."""
        storage = self._deps.storage
        storage.heartbeats.beat("sweep", self._name, _HEARTBEAT_LIFETIME)
        sites = storage.sites.all()
        short = {name for name in self._queues if self._is_short(name, sites)}
        judges = max(self._deps.settings.judges, len(storage.heartbeats.alive(QUEUES[JUDGE])))
        for site in sites:
            if site.deleted:
                self._enqueue_removal(site, short)
            else:
                self._enqueue_judging(site, judges)
                self._enqueue_other_jobs(site, short)
        if QUEUES[NOTIFY] in short and storage.notices.has_due(self._deps.now()):
            self._deps.jobs.enqueue(NOTIFY, ALL_SITES)
        if self._passes % CLEAN_UP_EVERY == 0:
            self._clean_up()
        self._passes += 1

    def _enqueue_judging(self, site: Site, judges: int) -> None:
        """Enqueue up to one job for each judge, so that one busy site can use all of them."""
        batch, lease = self._deps.settings.batch, self._deps.settings.lease
        for token in self._deps.storage.queue.missing_wakeups(site.id, batch, judges, lease):
            self._deps.jobs.enqueue(JUDGE, site.id, token)

    def _enqueue_other_jobs(self, site: Site, short: Container[str]) -> None:
        storage, receiver_ids = self._deps.storage, [receiver.id for receiver in receivers(self._deps, site)]
        if QUEUES[LEARN] in short and storage.corpus.due(site.id, 1):
            self._deps.jobs.enqueue(LEARN, site.id)
        if QUEUES[INDEX] in short and not storage.queue_index.is_complete(site.id):
            self._deps.jobs.enqueue(INDEX, site.id)
        if QUEUES[MOVED_THREADS] in short and (
            storage.thread_moves.has_unfinished(site.id) or has_changed_rules(storage, site)
        ):
            self._deps.jobs.enqueue(MOVED_THREADS, site.id)
        if QUEUES[NUMBERS] in short and storage.numbers.is_recounting(site.id):
            self._deps.jobs.enqueue(NUMBERS, site.id)
        if QUEUES[DELIVER] in short and (
            storage.outbox.length(site.id) or storage.deliveries.due(site.id, receiver_ids)
        ):
            self._deps.jobs.enqueue(DELIVER, site.id)

    def _enqueue_removal(self, site: Site, short: Container[str]) -> None:
        if QUEUES[REMOVE_SITE] in short and is_removable(site, self._deps.now()):
            self._deps.jobs.enqueue(REMOVE_SITE, site.id)

    def _is_short(self, queue: str, sites: Sequence[Site]) -> bool:
        """Return whether fewer jobs wait than there are sites, so that a job does not wait twice for long."""
        try:
            return len(self._queues[queue]) < len(sites)
        except redis.RedisError as error:
            if not is_unavailable(error):
                raise
            raise StorageDown(str(error)) from error

    def _clean_up(self) -> None:
        try:
            for queue in self._queues.values():
                clean_up(queue)
            for queue in self._former_queues:
                # Jobs of a web process that is not upgraded yet. Their work is enqueued above.
                queue.delete(delete_jobs=True)
        except redis.RedisError as error:
            log.warning("could not clean up RQ's records: %s", error)


def run_sweep(settings: Settings, deps: Deps | None = None) -> None:
    """Sweep until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sweep = Sweep(deps or build_deps(settings), connect(settings))
    wait = settings.sweep_seconds
    while not stop.wait(wait):
        try:
            sweep.run_once()
            wait = settings.sweep_seconds
        except StorageDown as error:
            wait = min(max(wait * 2, SHORTEST_WAIT), LONGEST_WAIT)
            log.warning("the server is unavailable: %s", error)

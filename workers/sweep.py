"""The healer: each second it looks at every site for work that is due and that nobody has been asked for.

Nothing else makes sure that an accepted comment is judged: jobs are lost with their workers, and are not missed. Any
number of sweeps may run at once, since each step is safe to repeat: `wakes` hands out tokens in one script, and the
other jobs do nothing when nothing is due.
"""

import logging
import signal
import threading
from collections.abc import Container, Sequence
from secrets import token_hex

import redis
from rq import Queue

from comments.errors import StorageDown
from comments.job_queue import DELIVER, FILE, JUDGE, LEARN, QUEUES
from comments.settings import Settings
from comments.site import Site
from comments.storage.redis import connect

from .delivery.outbox import receivers
from .deps import Deps, build_deps
from .rq_jobs import open_queue, sweep_up

log = logging.getLogger(__name__)

#: Seconds a sign of life counts; a pass over many sites may take a few.
ALIVE = 15.0
#: Passes between two rounds of sweeping up after RQ.
ROUNDS = 10
#: Seconds to wait when the server is away, doubled up to this; a comment must not wait long after it is back.
LONGEST_WAIT = 2.0


class Sweep:
    def __init__(self, deps: Deps, queues: Sequence[Queue]) -> None:
        self._deps, self._queues = deps, {queue.name: queue for queue in queues}
        self._name = token_hex(4)
        self._passes = 0

    def once(self) -> None:
        """One pass. Raises StorageDown."""
        storage = self._deps.storage
        storage.heartbeats.beat("sweep", self._name, ALIVE)
        sites = storage.sites.all()
        room = {name for name in self._queues if self._has_room(name, sites)}
        for site in sites:
            self._ask_for_judging(site)
            self._ask_for_errands(site, room)
        if self._passes % ROUNDS == 0:
            self._sweep_up()
        self._passes += 1

    def _ask_for_judging(self, site: Site) -> None:
        settings = self._deps.settings
        for token in self._deps.storage.queue.missing_wakeups(site.id, settings.batch, settings.judges):
            self._deps.jobs.enqueue(JUDGE, site.id, token)

    def _ask_for_errands(self, site: Site, room: Container[str]) -> None:
        storage, told = self._deps.storage, [receiver.id for receiver in receivers(self._deps, site)]
        if QUEUES[LEARN] in room and storage.corpus.due(site.id, 1):
            self._deps.jobs.enqueue(LEARN, site.id)
        if QUEUES[FILE] in room and storage.queue_index.outdated(site.id, 1):
            self._deps.jobs.enqueue(FILE, site.id)
        if QUEUES[DELIVER] in room and (storage.outbox.length(site.id) or storage.deliveries.due(site.id, told)):
            self._deps.jobs.enqueue(DELIVER, site.id)

    def _has_room(self, queue: str, sites: Sequence[Site]) -> bool:
        """Whether fewer jobs wait than there are sites to run them for: so none waits twice for long."""
        try:
            return len(self._queues[queue]) < len(sites)
        except redis.RedisError as error:
            raise StorageDown(str(error)) from error

    def _sweep_up(self) -> None:
        try:
            for queue in self._queues.values():
                sweep_up(queue)
        except redis.RedisError as error:
            log.warning("could not sweep up after RQ: %s", error)


def run(settings: Settings, deps: Deps | None = None) -> None:
    """Sweep until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    connection = connect(settings)
    sweep = Sweep(deps or build_deps(settings), [open_queue(name, connection) for name in sorted(set(QUEUES.values()))])
    wait = settings.sweep_seconds
    while not stop.wait(wait):
        try:
            sweep.once()
            wait = settings.sweep_seconds
        except StorageDown as error:
            wait = min(max(wait * 2, 0.1), LONGEST_WAIT)
            log.warning("the server is away: %s", error)

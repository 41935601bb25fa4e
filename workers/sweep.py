"""Enqueue jobs for work that is due, once a second.

Jobs are lost with the workers that run them, and RQ does not notice. The sweep is the only part that guarantees that
an accepted comment is judged. Any number of sweeps may run at once, since every step can be repeated:
`missing_wakeups` issues its tokens in one script, and the other jobs do nothing when nothing is due.
"""

import logging
import signal
import threading
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Sequence

import redis

from comments.errors import StorageDown
from comments.job_queue import (
    DELIVER,
    ERASE,
    FORMER_QUEUES,
    IMPORT_UPLOAD,
    INDEX,
    JUDGE,
    LEARN,
    MOVED_THREADS,
    NOTIFY,
    NUMBERS,
    QUEUES,
    REMOVE_SITE,
    RETENTION,
    wakeups_of,
)
from comments.part_process import process_name
from comments.settings import Settings
from comments.site import Site
from comments.site_deletion import is_removable
from comments.storage.pauses import is_paused_by
from comments.storage.redis import connect_queue
from comments.storage.redis.client import is_unavailable
from comments.storage.store_waits import LONGEST_WAIT, SHORTEST_WAIT
from comments.system_samples import read_sample
from comments.text_deletion import deletion_limits
from comments.thread_plans import has_changed_rules

from .delivery.outbox import receivers
from .deps import Deps, build_deps
from .rq_jobs import clean_up, delete_jobs_of, open_queue

log = logging.getLogger(__name__)

#: Seconds that a heartbeat is valid. A pass over many sites may take a few.
_HEARTBEAT_LIFETIME = 15.0
#: The site of a job that works on all sites.
ALL_SITES = ""
#: Passes between two clean-ups of RQ's records.
CLEAN_UP_EVERY = 10
#: Sites without work of which one pass asks if there may be some. Of 1,000 sites each has its turn every five passes.
IDLE_SITES = 200
#: Sites without work that one pass looks at wholly: of 1,000 sites each every eight minutes. It is for work that none
#: of the quicker looks shows.
COMPLETE_LOOKS = 2
#: Sites without work of which one pass asks if time made something due: of 1,000 sites each has its turn in a minute.
TIMED_LOOKS = 20
#: Jobs that wait for a judge of which a pass reads the wake-ups.
MOST_WAITING = 1000
#: Passes for which a site with work is looked at every time.
BUSY_PASSES = 30


class Sweep:
    """Enqueues jobs for work that is due. `connection` is RQ's."""

    def __init__(self, deps: Deps, connection: "redis.Redis") -> None:
        self._deps = deps
        prefix = deps.settings.prefix
        self._queues = {name: open_queue(name, connection, prefix) for name in sorted(set(QUEUES.values()))}
        self._former_queues = [open_queue(name, connection) for name in FORMER_QUEUES]
        self._name = process_name()
        self._passes = 0
        self._last_work: dict[str, int] = {}  # site -> the last pass that found work
        self._last_idle = ""  # site without work that the last pass asked about last
        self._last_complete = ""  # the same for complete looks
        self._last_timed = ""  # and for looks at what time makes due
        self._sites: set[str] = set()  # of the last pass
        self._removed: dict[str, int] = {}  # site -> the first pass without it

    def run_once(self) -> None:
        """Enqueue the missing jobs of the sites whose turn it is. Raises StorageDown."""
        storage = self._deps.storage
        storage.heartbeats.beat("sweep", self._name, _HEARTBEAT_LIFETIME)
        storage.audit.move_waiting()
        sites = storage.sites.all()
        if minute := storage.system_history.claim_minute():
            storage.system_history.add(read_sample(storage, sites, minute, self._deps.now()))
        self._note_removed({site.id for site in sites})
        short = {name for name in self._queues if self._is_short(name, sites)}
        pauses = storage.judging_pauses.all()
        judges = max(self._deps.settings.judges, len(storage.heartbeats.alive(QUEUES[JUDGE])))
        waiting = self._waiting_wakeups()
        for site in self._turn(sites):
            judging = () if is_paused_by(pauses, site.id) else self._judging(site, judges, waiting.get(site.id, ()))
            due = [*judging, *self._other_jobs(site, short)]
            for job, token in due:
                self._deps.jobs.enqueue(job, site.id, token)
            if due:
                self._last_work[site.id] = self._passes
        if QUEUES[NOTIFY] in short and storage.notices.has_due(self._deps.now()):
            self._deps.jobs.enqueue(NOTIFY, ALL_SITES)
        if self._passes % CLEAN_UP_EVERY == 0:
            self._clean_up()
        self._passes += 1

    def _note_removed(self, sites: set[str]) -> None:
        """Remember for some passes which sites were removed: their last jobs may still run."""
        self._removed |= dict.fromkeys(self._sites - sites, self._passes)
        self._removed = {
            id: at for id, at in self._removed.items() if id not in sites and self._passes - at < BUSY_PASSES
        }
        self._sites = sites

    def _turn(self, sites: Sequence[Site]) -> list[Site]:
        """Return the sites that had work in the last passes, those that may have some, and the next few."""
        self._last_work = {id: at for id, at in self._last_work.items() if at > self._passes - BUSY_PASSES}
        idle = [site.id for site in sites if site.id not in self._last_work]  # sorted, like all sites
        asked, complete = _next(idle, self._last_idle, IDLE_SITES), _next(idle, self._last_complete, COMPLETE_LOOKS)
        timed = _next(idle, self._last_timed, TIMED_LOOKS)
        self._last_idle, self._last_complete, self._last_timed = (
            (asked[-1], complete[-1], timed[-1]) if idle else ("", "", "")
        )
        wanted = {*self._last_work, *self._deps.storage.site_figures.with_work(asked), *complete}
        turn = set(timed)
        wanted |= self._due_in_time([site for site in sites if site.id in turn])
        return [site for site in sites if site.id in wanted]

    def _due_in_time(self, sites: Sequence[Site]) -> set[str]:
        """Return the sites that have data that is kept too long, or are to be removed."""
        storage, now = self._deps.storage, self._deps.now()
        limits = {site.id: deletion_limits(site, now) for site in sites if not site.deleted}
        removed = {site.id for site in sites if is_removable(site, now)}
        quiet = {site.id for site in sites if site.published_days and storage.quiet_threads.place(site.id) is not None}
        return removed | quiet | storage.retention.with_due(limits)

    def _waiting_wakeups(self) -> dict[str, list[str]]:
        """Return the wake-ups of each site whose jobs wait in the queue of the judges."""
        queue = self._queues[QUEUES[JUDGE]]
        try:
            return wakeups_of(queue.connection.lrange(queue.key, 0, MOST_WAITING - 1))
        except redis.RedisError as error:
            if not is_unavailable(error):
                raise
            raise StorageDown(str(error)) from error

    def _judging(self, site: Site, judges: int, waiting: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield up to one job for each judge, so that one busy site can use all of them."""
        batch, lease = self._deps.settings.batch, self._deps.settings.lease
        if not site.deleted:
            tokens = self._deps.storage.queue.missing_wakeups(site.id, batch, judges, lease, waiting)
            yield from ((JUDGE, token) for token in tokens)

    def _other_jobs(self, site: Site, short: Container[str]) -> Iterator[tuple[str, str]]:
        """Yield a job for each kind of work that is due, if few jobs wait in its queue."""
        storage, id = self._deps.storage, site.id
        checks: dict[str, Callable[[], bool]]
        if site.deleted:
            checks = {REMOVE_SITE: lambda: is_removable(site, self._deps.now())}
        else:
            checks = {
                LEARN: lambda: bool(storage.corpus.due(id, 1)),
                INDEX: lambda: not storage.queue_index.is_complete(id),
                MOVED_THREADS: lambda: storage.thread_moves.has_unfinished(id) or has_changed_rules(storage, site),
                RETENTION: lambda: self._has_expired(site),
                ERASE: lambda: storage.subjects.has_open(id),
                NUMBERS: lambda: storage.numbers.is_recounting(id),
                IMPORT_UPLOAD: lambda: (state := storage.import_uploads.get(id)) is not None and state.is_working,
                DELIVER: lambda: self._has_deliveries(site),
            }
        yield from ((job, "") for job, is_due in checks.items() if QUEUES[job] in short and is_due())

    def _has_expired(self, site: Site) -> bool:
        limits = deletion_limits(site, self._deps.now())
        storage = self._deps.storage
        if site.published_days and storage.quiet_threads.place(site.id) is not None:
            return True
        return any(storage.retention.counts(site.id, [*limits.items()]))

    def _has_deliveries(self, site: Site) -> bool:
        receiver_ids = [receiver.id for receiver in receivers(self._deps, site)]
        storage = self._deps.storage
        has_events = storage.outbox.length(site.id) or storage.deliveries.due(site.id, receiver_ids)
        return bool(has_events or storage.check_records.callbacks(site.id))

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
                if self._removed:
                    delete_jobs_of(queue, self._removed)
            for queue in self._former_queues:
                # Jobs of a web process that is not upgraded yet. Their work is enqueued above.
                queue.delete(delete_jobs=True)
        except redis.RedisError as error:
            log.warning("could not clean up RQ's records: %s", error)


def _next(ids: Sequence[str], last: str, n: int) -> list[str]:
    """Return the next `n` of the sorted `ids` after `last`, and the first ones after the end."""
    start = bisect_right(ids, last)
    return [*ids[start : start + n], *ids[: max(0, min(start, start + n - len(ids)))]]


def run_sweep(settings: Settings, deps: Deps | None = None, ready: Callable[[], None] = lambda: None) -> None:
    """Sweep until SIGTERM or SIGINT. `ready` is called before the first pass."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sweep = Sweep(deps or build_deps(settings), connect_queue(settings))
    wait = settings.sweep_seconds
    ready()
    while not stop.wait(wait):
        try:
            sweep.run_once()
            wait = settings.sweep_seconds
        except StorageDown as error:
            wait = min(max(wait * 2, SHORTEST_WAIT), LONGEST_WAIT)
            log.warning("the server is unavailable: %s", error)

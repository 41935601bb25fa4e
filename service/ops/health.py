"""The health of the system at one moment, read from storage, and its problems in sentences.

The operations page and `replygate status` show it. Figures about comments come from the comment store, not from RQ.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Generic, Protocol, TypeVar

from comments.errors import StorageDown
from comments.rq_stats import RQQueueStats, RQStats
from comments.storage.interfaces import Storage
from comments.storage.pauses import EVERY_SITE, OperatorPause, is_paused_by
from comments.storage.site_figures import SiteFigures

T = TypeVar("T")

#: Process types that send heartbeats, and the problem if none of them runs.
PARTS: Mapping[str, str] = {
    "judge": "No judge is running, so new comments wait. Start one: `replygate work judge`.",
    "background": "",  # without it lessons are learned later, but comments are accepted and judged
    "delivery": "",  # without it webhooks and emails are sent later
    "sweep": "The sweep is not running, so interrupted work is not resumed. Start it: `replygate sweep`.",
}

#: A comment may wait this long for the filters; a killed worker delays it for its lease and one sweep, far less.
MAX_WAIT_SECONDS = 60.0


class HealthForProblems(Protocol):
    """The part of the health that `problems` reads."""

    @property
    def down(self) -> str: ...
    @property
    def alive(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def server_problems(self) -> tuple[str, ...]: ...
    @property
    def oldest_unpaused(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """The health without figures of sites and queues, for checks that come every second."""

    down: str = ""
    alive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    server_problems: tuple[str, ...] = ()
    oldest_unpaused: float = 0.0  # seconds that the oldest queued comment has waited on a site that judges


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """Figures of sites, processes and queues. Without an answer of storage, only `down` is set: its error."""

    at: datetime
    down: str = ""
    sites: tuple[SiteFigures, ...] = ()
    alive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # process type -> names of its running processes
    queues: tuple[RQQueueStats, ...] = ()
    server: Mapping[str, float] = field(default_factory=dict)
    server_problems: tuple[str, ...] = ()  # settings of the storage server that lose data
    warnings: tuple[str, ...] = ()  # settings that should be changed, although the service works
    notices: Mapping[tuple[str, str, str], int] = field(default_factory=dict)  # by site, kind of receiver and result
    pauses: Mapping[str, OperatorPause] = field(default_factory=dict)  # of judging, by site
    intake_pauses: Mapping[str, OperatorPause] = field(default_factory=dict)  # of new comments, by site
    full_queues: Mapping[str, int] = field(default_factory=dict)  # limit of each site that has as many undecided ones

    @property
    def queued(self) -> int:
        return sum(site.depth.queued for site in self.sites)

    @property
    def oldest(self) -> float:
        """Seconds that the oldest queued comment has waited; 0 without any."""
        return max((wait_seconds(site.depth.oldest, self.at) for site in self.sites), default=0.0)

    @property
    def oldest_unpaused(self) -> float:
        """The same without the sites on which judging is paused."""
        sites = (site for site in self.sites if not is_paused_by(self.pauses, site.id))
        return max((wait_seconds(site.depth.oldest, self.at) for site in sites), default=0.0)


def wait_seconds(oldest: datetime | None, now: datetime) -> float:
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def read_health(storage: Storage, queues: RQStats, now: datetime) -> SystemHealth:
    """Read everything. Does not raise StorageDown, but returns it as `down`."""
    try:
        limits = {site.id: site.max_pending for site in storage.sites.all()}
        sites = tuple(storage.site_figures.read(list(limits)))
        return SystemHealth(
            at=now,
            sites=sites,
            full_queues={site.id: limits[site.id] for site in sites if site.depth.queued >= limits[site.id]},
            alive=_running(storage),
            queues=queues.read(),
            server=storage.server.figures(),
            server_problems=tuple(storage.server.check()),
            warnings=tuple(storage.server.warnings()),
            notices=storage.notices.figures(),
            pauses=storage.judging_pauses.all(),
            intake_pauses=storage.intake_pauses.all(),
        )
    except StorageDown as error:
        return SystemHealth(at=now, down=str(error))


def read_readiness(storage: Storage, queues: RQStats, now: datetime) -> Readiness:
    """Read what `problems` needs. Does not raise StorageDown, but returns it as `down`."""
    try:
        queues.read()  # without the queues' server nothing is judged
        pauses = storage.judging_pauses.all()
        judging = [site.id for site in storage.sites.all() if not is_paused_by(pauses, site.id)]
        return Readiness(
            alive=_running(storage),
            server_problems=tuple(storage.server.check()),
            oldest_unpaused=wait_seconds(storage.site_figures.oldest_queued(judging), now),
        )
    except StorageDown as error:
        return Readiness(down=str(error))


def _running(storage: Storage) -> dict[str, tuple[str, ...]]:
    return {part: tuple(storage.heartbeats.alive(part)) for part in PARTS}


def problems(health: HealthForProblems) -> list[str]:
    """Problems that prevent accepting or judging comments, each with its solution. Empty without problems."""
    if health.down:
        return [f"Storage does not answer, so no comments are accepted: {health.down}"]
    found = list(health.server_problems)
    found += [sentence for part, sentence in PARTS.items() if sentence and not health.alive.get(part)]
    if health.oldest_unpaused > MAX_WAIT_SECONDS:
        found.append(
            f"The oldest queued comment has waited {health.oldest_unpaused:.0f} s; more than {MAX_WAIT_SECONDS:.0f} s "
            "means that there are too few judges or that judges fail. Read their logs, or start more judges."
        )
    return found


def pause_warnings(health: SystemHealth) -> list[str]:
    """A sentence for each pause. A pause is no problem: operators begin it, and nothing accepted is lost."""
    judging = [
        f"Judging is paused on {_begun(site, pause)}, so comments wait. Resume it under Operations, Judging."
        for site, pause in health.pauses.items()
    ]
    intake = [
        f"New comments are refused on {_begun(site, pause)}. Accept them again under Operations, Judging."
        for site, pause in health.intake_pauses.items()
    ]
    return judging + intake


def full_queue_warnings(health: SystemHealth) -> list[str]:
    """A sentence for each site that refuses new comments because too many wait. Other sites accept theirs."""
    return [
        f"{site} has {limit:,} undecided comments, which is its limit max_pending: new ones get 503. Start more "
        "judges, or find out why they do not judge."
        for site, limit in health.full_queues.items()
    ]


def _begun(site: str, pause: OperatorPause) -> str:
    where = "all sites" if site == EVERY_SITE else site
    return f"{where} since {pause.since:%Y-%m-%d %H:%M} UTC by {pause.by}"


def decision_times(sites: Sequence[SiteFigures]) -> dict[float, int]:
    """Times from acceptance to decision, for all sites: upper bound in seconds -> decisions that took no longer."""
    bounds = sorted({bound for site in sites for bound in site.counters.wait_seconds})
    return {bound: sum(site.counters.wait_seconds.get(bound, 0) for site in sites) for bound in bounds}


def percentile(cumulative: Mapping[float, int], share: float) -> float | None:
    """The seconds within which `share` of the decisions were made, interpolated between two bounds.

    None without decisions. Never above the last finite bound, which is as far as the histogram reaches.
    """
    bounds = sorted(cumulative)
    total = cumulative[bounds[-1]] if bounds else 0
    if not total:
        return None
    below, last = 0, 0.0
    for bound in bounds:
        if cumulative[bound] >= share * total:
            part = (share * total - below) / max(1, cumulative[bound] - below)
            return last if math.isinf(bound) else last + part * (bound - last)
        below, last = cumulative[bound], bound
    return last


class CachedHealth(Generic[T]):
    """Health or readiness that is read at most once per second, because anyone may request a health check."""

    def __init__(self, read: Callable[[], T], clock: Callable[[], float], seconds: float = 1.0) -> None:
        self._read, self._clock, self._seconds = read, clock, seconds
        self._lock = Lock()
        self._until = -math.inf
        self._last: T | None = None

    def get(self) -> T:
        with self._lock:
            if self._last is None or self._clock() >= self._until:
                self._last = self._read()
                self._until = self._clock() + self._seconds
            return self._last

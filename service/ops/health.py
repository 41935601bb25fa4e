"""The health of the system at one moment, read from storage, and its problems in sentences.

The operations page and `replygate status` show it. Figures about comments come from the comment store, not from RQ.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from comments.errors import StorageDown
from comments.rq_stats import RQQueueStats, RQStats
from comments.storage.deliveries import DeliveryFigures
from comments.storage.interfaces import Storage
from comments.storage.pauses import EVERY_SITE, OperatorPause, is_paused_by
from comments.storage.values import Counters, QueueDepth

#: Process types that send heartbeats, and the problem if none of them runs.
PARTS: Mapping[str, str] = {
    "judge": "No judge is running, so new comments wait. Start one: `replygate work judge`.",
    "background": "",  # without it lessons are learned later, but comments are accepted and judged
    "delivery": "",  # without it webhooks and emails are sent later
    "sweep": "The sweep is not running, so interrupted work is not resumed. Start it: `replygate sweep`.",
}

#: A comment may wait this long for the filters; a killed worker delays it for its lease and one sweep, far less.
MAX_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class SiteFigures:
    id: str
    counters: Counters
    depth: QueueDepth
    posted: DeliveryFigures = field(default_factory=lambda: DeliveryFigures(0, {}))
    oldest_held: datetime | None = None  # when the oldest comment that needs review was received

    def oldest_held_seconds(self, now: datetime) -> float:
        return max(0.0, (now - self.oldest_held).total_seconds()) if self.oldest_held else 0.0


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

    @property
    def queued(self) -> int:
        return sum(site.depth.queued for site in self.sites)

    @property
    def oldest(self) -> float:
        """Seconds that the oldest queued comment has waited; 0 without any."""
        return max((wait_seconds(site.depth, self.at) for site in self.sites), default=0.0)

    @property
    def oldest_unpaused(self) -> float:
        """The same without the sites on which judging is paused."""
        sites = (site for site in self.sites if not is_paused_by(self.pauses, site.id))
        return max((wait_seconds(site.depth, self.at) for site in sites), default=0.0)


def wait_seconds(depth: QueueDepth, now: datetime) -> float:
    return max(0.0, (now - depth.oldest).total_seconds()) if depth.oldest else 0.0


def read_health(storage: Storage, queues: RQStats, now: datetime) -> SystemHealth:
    """Read everything. Does not raise StorageDown, but returns it as `down`."""
    try:
        return SystemHealth(
            at=now,
            sites=tuple(
                SiteFigures(
                    site.id,
                    storage.comments.counters(site.id),
                    storage.queue.depth(site.id),
                    storage.deliveries.figures(site.id),
                    storage.numbers.oldest_held(site.id),
                )
                for site in storage.sites.all()
            ),
            alive={part: tuple(storage.heartbeats.alive(part)) for part in PARTS},
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


def problems(health: SystemHealth) -> list[str]:
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


class CachedHealth:
    """Health that is read at most once per second, because anyone may request a health check."""

    def __init__(self, read: Callable[[], SystemHealth], clock: Callable[[], float], seconds: float = 1.0) -> None:
        self._read, self._clock, self._seconds = read, clock, seconds
        self._lock = Lock()
        self._until = -math.inf
        self._last: SystemHealth | None = None

    def get(self) -> SystemHealth:
        with self._lock:
            if self._last is None or self._clock() >= self._until:
                self._last = self._read()
                self._until = self._clock() + self._seconds
            return self._last

"""How the system is at one moment: gathered from what is stored, and judged in sentences.

For the ops pages and `replygate status` alike. The truth about comments comes from their own indexes, not from RQ.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from comments.errors import StorageDown
from comments.rq_stats import RQQueueStats, RQStats
from comments.storage.interfaces import Storage
from comments.storage.values import Counters, DeliveryFigures, QueueDepth

#: Processes that say they are alive, and what stops without them.
PARTS: Mapping[str, str] = {
    "judge": "No judge is running, so new comments wait: start `replygate work judge`.",
    "background": "",  # without it lessons are learned late; comments are accepted and judged all the same
    "delivery": "",  # without it webhooks and mails are sent late
    "sweep": "The sweep is not running, so nothing wakes what was left behind: start `replygate sweep`.",
}

#: Seconds a comment may wait for the filters; far longer than a killed worker's lease plus the sweep.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class SiteFigures:
    id: str
    counters: Counters
    depth: QueueDepth
    posted: DeliveryFigures = field(default_factory=lambda: DeliveryFigures(0, {}))


@dataclass(frozen=True, slots=True)
class Condition:
    """`down` says why nothing could be read, and everything else is empty then."""

    at: datetime
    down: str = ""
    sites: tuple[SiteFigures, ...] = ()
    alive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # part -> names of its processes
    queues: tuple[RQQueueStats, ...] = ()
    server: Mapping[str, float] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()  # the server's own check
    warnings: tuple[str, ...] = ()  # what should be set otherwise; the service works in spite of it

    @property
    def queued(self) -> int:
        return sum(site.depth.queued for site in self.sites)

    @property
    def oldest(self) -> float:
        """Seconds that the oldest undecided comment has waited; 0 when there is none."""
        return max((age(site.depth, self.at) for site in self.sites), default=0.0)


def age(depth: QueueDepth, now: datetime) -> float:
    return max(0.0, (now - depth.oldest).total_seconds()) if depth.oldest else 0.0


def gather(storage: Storage, queues: RQStats, now: datetime) -> Condition:
    """Never raises StorageDown: that is the first thing a Condition tells."""
    try:
        return Condition(
            at=now,
            sites=tuple(
                SiteFigures(
                    site.id,
                    storage.comments.counters(site.id),
                    storage.queue.depth(site.id),
                    storage.deliveries.figures(site.id),
                )
                for site in storage.sites.all()
            ),
            alive={part: tuple(storage.heartbeats.alive(part)) for part in PARTS},
            queues=queues.read(),
            server=storage.server.figures(),
            complaints=tuple(storage.server.check()),
            warnings=tuple(storage.server.warnings()),
        )
    except StorageDown as error:
        return Condition(at=now, down=str(error))


def problems(condition: Condition) -> list[str]:
    """What keeps the service from accepting or judging comments, and what to do about it; empty when all is well."""
    if condition.down:
        return [f"Storage does not answer, so nothing is accepted: {condition.down}"]
    found = list(condition.complaints)
    found += [sentence for part, sentence in PARTS.items() if sentence and not condition.alive.get(part)]
    if condition.oldest > PATIENCE:
        found.append(
            f"The oldest undecided comment has waited {condition.oldest:.0f} s; more than {PATIENCE:.0f} s means "
            "too few judges for what arrives, or judges that fail: see their logs, or start more."
        )
    return found


def waits(sites: Sequence[SiteFigures]) -> dict[float, int]:
    """From accepting to deciding, all sites together: upper bound in seconds -> decisions no slower than it."""
    bounds = sorted({bound for site in sites for bound in site.counters.wait_seconds})
    return {bound: sum(site.counters.wait_seconds.get(bound, 0) for site in sites) for bound in bounds}


def percentile(cumulative: Mapping[float, int], share: float) -> float | None:
    """The seconds within which `share` of the decisions were made, taken as even between two bounds.

    None without any decision. Beyond the last finite bound it answers that bound: the histogram knows no more.
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


class Watch:
    """The condition, gathered at most once in `seconds`: health checks come often, and from anybody."""

    def __init__(self, look: Callable[[], Condition], clock: Callable[[], float], seconds: float = 1.0) -> None:
        self._look, self._clock, self._seconds = look, clock, seconds
        self._lock = Lock()
        self._until = -math.inf
        self._last: Condition | None = None

    def now(self) -> Condition:
        with self._lock:
            if self._last is None or self._clock() >= self._until:
                self._last = self._look()
                self._until = self._clock() + self._seconds
            return self._last

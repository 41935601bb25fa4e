"""Figures of many sites: one call for a number of them, and values that are made again only if something changed."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from comments.lifecycle import Status
from comments.storage.codec import moment
from comments.storage.deliveries import delivery_figures
from comments.storage.keys import Keys
from comments.storage.site_figures import SiteFigures
from comments.storage.values import QueueDepth

from .client import Client, guarded, text
from .counters import DAY_SECONDS, read_counters
from .scripts import Script

#: Sites that one call reads, so that neither side buffers much and other clients are answered in between.
SITES_AT_ONCE = 100
#: Sites whose keys and last figures are kept.
_MAX_KEPT = 20_000
_STATUSES = tuple(Status)
#: Values before the counters: deliveries, the first queued and the first held comment, and those in each status.
_BEFORE_COUNTERS = 3 + len(_STATUSES)


@guarded
class RedisSiteFigures:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._read, self._find_work = (
            Script(client, "operations/site_figures"),
            Script(client, "operations/sites_with_work"),
        )
        first = 3  # counted from 1, after the counters and the deliveries
        places = {"queued": first + _STATUSES.index(Status.QUEUED), "held": first + _STATUSES.index(Status.HELD)}
        self._arguments = {"each": 2 + len(_STATUSES), **places}
        self._figure_keys: dict[str, tuple[str, ...]] = {}
        self._work_keys: dict[str, tuple[str, ...]] = {}
        self._last: dict[str, tuple[int, Any, SiteFigures]] = {}  # the day, what was read, and the figures

    def read(self, sites: Sequence[str]) -> list[SiteFigures]:
        today = int(time.time()) // DAY_SECONDS
        found = []
        if len(self._last) > _MAX_KEPT:
            self._last.clear()
        for some in self._parts(sites):
            keys = [key for site in some for key in _kept(self._figure_keys, site, self._keys_of_figures)]
            for site, reply in zip(some, self._read(keys, self._arguments), strict=True):
                day, before, figures = self._last.get(site, (0, None, None))
                if figures is None or day != today or before != reply:
                    figures = _figures(site, reply or [0, b"", b"", *[0] * len(_STATUSES)])
                    self._last[site] = (today, reply, figures)
                found.append(figures)
        return found

    def oldest_queued(self, sites: Sequence[str]) -> datetime | None:
        found: list[datetime] = []
        for start in range(0, len(sites), SITES_AT_ONCE):
            pipe = self._client.pipeline(transaction=False)
            for site in sites[start : start + SITES_AT_ONCE]:
                pipe.zrange(self._keys.status(site, Status.QUEUED), 0, 0, withscores=True)
            found += [moment(first[0][1]) for first in pipe.execute() if first]
        return min(found, default=None)

    def with_work(self, sites: Sequence[str]) -> set[str]:
        found = set()
        for some in self._parts(sites):
            keys = [key for site in some for key in _kept(self._work_keys, site, self._keys_of_work)]
            found |= {some[n] for n in self._find_work(keys, {"each": len(keys) // len(some)})}
        return found

    def _parts(self, sites: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the sites of each call. In a cluster a call names the keys of one site, which are on one server."""
        size = 1 if self._client.is_cluster else SITES_AT_ONCE
        for start in range(0, len(sites), size):
            yield sites[start : start + size]

    def _keys_of_figures(self, site: str) -> tuple[str, ...]:
        k = self._keys
        return (k.counters(site), k.deliveries_pending(site), *(k.status(site, status) for status in _STATUSES))

    def _keys_of_work(self, site: str) -> tuple[str, ...]:
        k = self._keys
        judging, learning = (k.due(site), k.due_checks(site)), (k.unlearned(site), k.index_outdated(site))
        operators = (k.moving_threads(site), k.erasures(site), k.recount(site), k.import_state(site))
        index, sending = k.index_chunks(site, "retired"), (k.deliveries_pending(site), k.check_callbacks(site))
        return (k.outbox(site), *judging, *learning, *operators, index, *sending)


def _kept(kept: dict[str, tuple[str, ...]], site: str, make: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the keys of a site; putting them together takes longer than the call."""
    if len(kept) > _MAX_KEPT:
        kept.clear()
    return kept.get(site) or kept.setdefault(site, make(site))


def _figures(site: str, reply: Sequence[Any]) -> SiteFigures:
    pending, queued, held, *current = reply[:_BEFORE_COUNTERS]
    flat = reply[_BEFORE_COUNTERS:]
    totals = {text(name): float(n) for name, n in zip(flat[::2], flat[1::2], strict=True)}
    counters = read_counters(totals, current)
    return SiteFigures(
        site,
        counters,
        QueueDepth(counters.current[Status.QUEUED], _received(queued)),
        delivery_figures(pending, {name: int(n) for name, n in totals.items()}),
        _received(held),
    )


def _received(score: bytes) -> datetime | None:
    return moment(float(score)) if score else None

"""Figures of many sites: one pipeline for a number of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from comments.lifecycle import Status
from comments.storage.codec import moment
from comments.storage.deliveries import delivery_figures
from comments.storage.keys import Keys
from comments.storage.site_figures import SiteFigures
from comments.storage.values import QueueDepth

from .client import Client, guarded, text
from .counters import read_counters

#: Sites that one pipeline reads, so that neither side buffers much and other clients are answered in between.
SITES_AT_ONCE = 100


@guarded
class RedisSiteFigures:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def read(self, sites: Sequence[str]) -> list[SiteFigures]:
        return [figures for some in _parts(sites) for figures in self._some(some)]

    def oldest_queued(self, sites: Sequence[str]) -> datetime | None:
        found: list[datetime] = []
        for some in _parts(sites):
            pipe = self._client.pipeline(transaction=False)
            for site in some:
                pipe.zrange(self._keys.status(site, Status.QUEUED), 0, 0, withscores=True)
            found += filter(None, map(_received, pipe.execute()))
        return min(found, default=None)

    def _some(self, sites: Sequence[str]) -> Iterator[SiteFigures]:
        k, pipe = self._keys, self._client.pipeline(transaction=False)
        for site in sites:
            pipe.hgetall(k.counters(site))
            pipe.zcard(k.deliveries_pending(site))
            pipe.zrange(k.status(site, Status.QUEUED), 0, 0, withscores=True)
            pipe.zrange(k.status(site, Status.HELD), 0, 0, withscores=True)
            for status in Status:
                pipe.zcard(k.status(site, status))
        replies = pipe.execute()
        each = len(replies) // len(sites)
        for n, site in enumerate(sites):
            yield _figures(site, *replies[n * each : (n + 1) * each])


def _figures(
    site: str, stored: Mapping[bytes, bytes], pending: int, queued: Any, held: Any, *current: int
) -> SiteFigures:
    totals = {text(name): float(n) for name, n in stored.items()}
    counters = read_counters(totals, current)
    return SiteFigures(
        site,
        counters,
        QueueDepth(counters.current[Status.QUEUED], _received(queued)),
        delivery_figures(pending, {name: int(n) for name, n in totals.items()}),
        _received(held),
    )


def _received(first: Sequence[tuple[bytes, float]]) -> datetime | None:
    return moment(first[0][1]) if first else None


def _parts(sites: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(sites), SITES_AT_ONCE):
        yield sites[start : start + SITES_AT_ONCE]

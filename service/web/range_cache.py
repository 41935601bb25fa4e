"""Cache of the IP ranges in rules, with which the address of each submission is compared."""

import threading
import time
from collections.abc import Callable
from typing import cast

from cachetools import TTLCache
from flask import Flask, current_app

from comments.network_ranges import RangeTable
from comments.storage.administration import AuthorRules

from .site_cache import MAX_SITES, SITE_TTL

_EXTENSION = "replygate.ranges"


class RangeCache:
    """Caches the ranges of each site for as long as its settings: a new rule applies after a second."""

    def __init__(
        self, rules: AuthorRules, clock: Callable[[], float] = time.monotonic, seconds: float = SITE_TTL
    ) -> None:
        self._rules = rules
        self._lock = threading.Lock()
        self._cached: TTLCache[str, RangeTable] = TTLCache(MAX_SITES, seconds, timer=clock)

    def init_app(self, app: Flask) -> None:
        app.extensions[_EXTENSION] = self

    def containing(self, site: str, address: str) -> tuple[str, ...]:
        """Return the keyed names of the ranges in rules of the site and of the deployment that contain the address."""
        with self._lock:
            table = self._cached.get(site)
        if table is None:
            table = RangeTable.of(self._rules.ranges(site))
            with self._lock:
                self._cached[site] = table
        return table.containing(address)


def range_cache() -> RangeCache:
    """Return the RangeCache of the current app."""
    return cast(RangeCache, current_app.extensions[_EXTENSION])

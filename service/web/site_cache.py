"""Cache of sites and their settings: every request needs one, and they hardly ever change."""

import re
import threading
import time
from collections.abc import Callable
from typing import cast

from cachetools import TTLCache
from flask import Flask, current_app

from comments.errors import NotFound, SiteDeleted
from comments.site import Site
from comments.storage.administration import Sites

#: Seconds until a changed setting takes effect in every web process.
SITE_TTL = 1.0
#: Sites kept at most; one web process seldom serves more in a second.
MAX_SITES = 1000
SITES_EXTENSION = "replygate.sites"

#: The site that `replygate up` creates for a first look.
DEMO_SITE = "demo"

SITE_ID = re.compile(r"[a-z0-9-]{1,40}")


class SiteCache:
    """Caches existing sites for a second.

    Missing ones are not cached, so requests for them cannot fill it. Deleted ones are not cached either, so a restored
    site is served by every process at once.
    """

    def __init__(self, sites: Sites, clock: Callable[[], float] = time.monotonic, seconds: float = SITE_TTL) -> None:
        self._sites = sites
        self._lock = threading.Lock()
        self._cached: TTLCache[str, Site] = TTLCache(MAX_SITES, seconds, timer=clock)

    def init_app(self, app: Flask) -> None:
        app.extensions[SITES_EXTENSION] = self

    def get_site(self, id: str) -> Site:
        """Raises NotFound, and SiteDeleted for a site that only owners see until it is removed."""
        site = self._load(id)
        if site.deleted:
            raise SiteDeleted("the owner of this site deleted it")
        return site

    def cached(self, id: str) -> Site | None:
        """Return the site without asking storage; None if it was read more than a moment ago."""
        with self._lock:
            return self._cached.get(id)

    def forget(self, id: str) -> None:
        """Read a site anew the next time. Other processes do so within a second."""
        with self._lock:
            self._cached.pop(id, None)

    def _load(self, id: str) -> Site:
        try:
            with self._lock:
                return self._cached[id]
        except KeyError:
            pass
        if not SITE_ID.fullmatch(id):
            raise NotFound("no such site")
        site = self._sites.get(id)
        if not site.deleted:
            with self._lock:
                self._cached[id] = site
        return site


def get_site(id: str) -> Site:
    """Return a site through the cache of the current app. Raises NotFound, SiteDeleted."""
    return _current_cache().get_site(id)


def forget_site(id: str) -> None:
    """Read a site anew the next time in this process."""
    _current_cache().forget(id)


def _current_cache() -> SiteCache:
    return cast(SiteCache, current_app.extensions[SITES_EXTENSION])

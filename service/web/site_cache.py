"""Sites as the web process remembers them, for a second: every request needs one, and they hardly ever change."""

import re
import time
from collections.abc import Callable
from typing import cast

from flask import Flask, current_app

from comments.errors import NotFound
from comments.site import Site
from comments.storage.administration import Sites

#: What the owner of a site changes is felt by everybody within this time.
SECONDS = 1.0
EXTENSION = "replygate.sites"

SITE_ID = re.compile(r"[a-z0-9-]{1,40}")


class SiteCache:
    """Only sites that exist are remembered, so that asking for others cannot fill the memory."""

    def __init__(self, sites: Sites, clock: Callable[[], float] = time.monotonic, seconds: float = SECONDS) -> None:
        self._sites = sites
        self._clock = clock
        self._seconds = seconds
        self._known: dict[str, tuple[float, Site]] = {}

    def get(self, id: str) -> Site:
        """Raises NotFound."""
        now = self._clock()
        until, site = self._known.get(id, (0.0, None))
        if site is None or until <= now:
            if not SITE_ID.fullmatch(id):
                raise NotFound("no such site")
            site = self._sites.get(id)
            self._known[id] = (now + self._seconds, site)
        return site

    def install(self, app: Flask) -> None:
        app.extensions[EXTENSION] = self


def get_site(id: str) -> Site:
    """The site of that id as the app that serves the present request knows it. Raises NotFound."""
    return cast(SiteCache, current_app.extensions[EXTENSION]).get(id)

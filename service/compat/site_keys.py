"""Find the site of a key, for protocols whose addresses do not name a site."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from flask import Flask, current_app

from comments.errors import NotFound, SiteDeleted
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.administration import Sites
from service.deps import deps
from service.web import site_cache
from service.web.client_network import client_network
from service.web.site_access import is_key_of, key_id

SITE_KEYS_EXTENSION = "replygate.site_keys"
#: Requests with a wrong key that one network may send in a minute. Guessing takes one network millions of years.
WRONG_KEYS_PER_MINUTE = 30
#: Least time between two readings of all sites, and the share of the time that they may take: with thousands of sites,
#: unknown keys must not keep the process busy.
REREAD_SECONDS, REREAD_SHARE = 0.5, 0.02


class SiteKeyIndex:
    """Says which sites may have a key: a site key by its public part, an Akismet key as a whole.

    Akismet keys are derived from the id of the site. So those of all sites are made, and kept in memory.
    The caller checks the key itself with the site as it is now.
    """

    def __init__(self, sites: Sites, pseudonyms: Pseudonyms, clock: Callable[[], float] = time.monotonic) -> None:
        self._sites, self._pseudonyms, self._clock = sites, pseudonyms, clock
        self._lock = threading.Lock()
        self._found: dict[str, list[str]] = {}
        self._reload_at = 0.0

    def init_app(self, app: Flask) -> None:
        app.extensions[SITE_KEYS_EXTENSION] = self

    def site_ids(self, name: str) -> Sequence[str]:
        """Return the ids of the sites that have a key with this name."""
        if name not in self._found:
            self._reload()
        return self._found.get(name, ())

    def _reload(self) -> None:
        with self._lock:
            began = self._clock()
            if began < self._reload_at:
                return
            found = defaultdict(list)
            for site in self._sites.all():
                for name in self._names(site):
                    found[name].append(site.id)
            self._found = dict(found)
            ended = self._clock()
            self._reload_at = ended + max(REREAD_SECONDS, (ended - began) / REREAD_SHARE)

    def _names(self, site: Site) -> Iterator[str]:
        yield from (key.id for key in site.keys)
        yield from (self._pseudonyms.akismet_key(site.id, id) for id in site.akismet_keys)


def sites_with(name: str) -> Iterator[Site]:
    """Yield the sites that may have the key with this name. Raises SiteDeleted."""
    index = cast(SiteKeyIndex, current_app.extensions[SITE_KEYS_EXTENSION])
    for id in index.site_ids(name):
        try:
            yield site_cache.get_site(id)
        except SiteDeleted:
            raise
        except NotFound:
            continue  # removed since the index was made


def site_of_key(token: str) -> Site | None:
    """Return the site with this site key; None for a wrong one. Raises TooMany and SiteDeleted."""
    found = next((site for site in sites_with(key_id(token)) if is_key_of(site, token, for_checks=True)), None)
    if found is None:
        count_wrong_key()
    return found


def count_wrong_key() -> None:
    """Raises TooMany after many wrong keys of one network."""
    d = deps()
    d.storage.people.attempt(f"site keys of {client_network(d)}", WRONG_KEYS_PER_MINUTE, 60)

"""Keys of the Akismet API: find the key of a request and its site. Wrong keys are limited for each network."""

import base64
import binascii
import hmac
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from flask import Flask, Request, current_app

from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.administration import Sites
from service.deps import deps
from service.web import site_cache
from service.web.client_network import client_network

from .akismet_fields import AkismetFields
from .site_keys import REREAD_SECONDS, REREAD_SHARE, WRONG_KEYS_PER_MINUTE

AKISMET_KEYS_EXTENSION = "replygate.akismet_keys"
#: As `Pseudonyms.akismet_key` makes them. One can be the first part of a host name.
AKISMET_KEY = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class AkismetAccess:
    """A site, and the key with which a program asks for it."""

    site: Site
    key: str
    key_id: str

    @property
    def asker(self) -> str:
        return f"akismet {self.key_id}"


class AkismetKeyIndex:
    """Finds the site of a key: keys are derived, so the keys of all sites are made again, and kept in memory.

    The index only says where to look. A key is valid if the site has it now.
    """

    def __init__(self, sites: Sites, pseudonyms: Pseudonyms, clock: Callable[[], float] = time.monotonic) -> None:
        self._sites, self._pseudonyms, self._clock = sites, pseudonyms, clock
        self._lock = threading.Lock()
        self._site_ids: dict[str, str] = {}
        self._reload_at = 0.0

    def init_app(self, app: Flask) -> None:
        app.extensions[AKISMET_KEYS_EXTENSION] = self

    def site_id(self, key: str) -> str:
        """Return the id of the site that probably has this key; "" for none."""
        found = self._site_ids.get(key, "")
        if not found:
            self._reload()
            found = self._site_ids.get(key, "")
        return found

    def _reload(self) -> None:
        with self._lock:
            start = self._clock()
            if start < self._reload_at:
                return
            self._site_ids = {
                self._pseudonyms.akismet_key(site.id, id): site.id
                for site in self._sites.all()
                for id in site.akismet_keys
            }
            end = self._clock()
            self._reload_at = end + max(REREAD_SECONDS, (end - start) / REREAD_SHARE)


def find_access(request: Request, fields: AkismetFields, path_key: str = "") -> AkismetAccess | None:
    """Return the site whose key the request has; None for a wrong key and for no key.

    Raises TooMany after too many wrong keys of one network, and SiteDeleted.
    """
    d = deps()
    index = cast(AkismetKeyIndex, current_app.extensions[AKISMET_KEYS_EXTENSION])
    for key in given_keys(request, fields, path_key):
        if (site_id := index.site_id(key)) and (access := _access(site_cache.get_site(site_id), key, d.pseudonyms)):
            return access
    d.storage.people.attempt(f"akismet keys of {client_network(d)}", WRONG_KEYS_PER_MINUTE, 60)
    return None


def _access(site: Site, key: str, pseudonyms: Pseudonyms) -> AkismetAccess | None:
    for id in site.akismet_keys:
        if hmac.compare_digest(pseudonyms.akismet_key(site.id, id).encode(), key.encode()):
            return AkismetAccess(site, key, id)
    return None


def given_keys(request: Request, fields: AkismetFields, path_key: str = "") -> list[str]:
    """Return everything in the request that may be the key, in the order of preference."""
    candidates = (path_key, *fields_with_keys(fields), *_authorized(request), request.host.partition(".")[0])
    return list(dict.fromkeys(key.lower() for key in candidates if AKISMET_KEY.fullmatch(key.lower())))


def fields_with_keys(fields: AkismetFields) -> tuple[str, str]:
    return fields.text("api_key").strip(), fields.text("key").strip()


def _authorized(request: Request) -> Iterator[str]:
    """Yield the key in the header Authorization: of Bearer, or the user name of Basic, as in https://key@host/."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield token.strip()
    elif scheme.lower() == "basic":
        try:
            yield base64.b64decode(token.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return

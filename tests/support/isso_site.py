"""A site with Isso's API, whose comments are judged at once."""

from dataclasses import dataclass
from typing import Any

import httpx
from flask import Flask

from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.interfaces import Storage
from tests.support.builders import SECRET, a_site
from tests.support.immediate_jobs import open_judged_app
from tests.support.isso_requests import ORIGIN


@dataclass(frozen=True)
class IssoSite:
    """The service with the site `blog`. `client` asks at the address that a page names in `data-isso`."""

    app: Flask
    storage: Storage
    pseudonyms: Pseudonyms

    @property
    def client(self) -> httpx.Client:
        transport = httpx.WSGITransport(self.app)
        return httpx.Client(transport=transport, base_url="http://replies.example/isso/blog")


def isso_blog(**changes: Any) -> Site:
    """Return a site with Isso's usual settings: nothing but a text is required, and readers see it at once."""
    plain: dict[str, Any] = {"required": ("content",), "per_minute": 0, "moderation": "suspicious", "audit_share": 0.0}
    return a_site(**{"origins": (ORIGIN,), **plain, **changes})


def open_isso_site(storage: Storage, site: Site, **changes: Any) -> IssoSite:
    """Create the service. `changes` are settings of the deployment."""
    storage.sites.put(site)
    app = open_judged_app(storage, **changes)
    app.testing = True
    return IssoSite(app, storage, Pseudonyms(SECRET))

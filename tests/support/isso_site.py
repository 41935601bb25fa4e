"""A site with Isso's API, whose comments are judged at once."""

from dataclasses import dataclass
from typing import Any

import httpx
from flask import Flask

from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.interfaces import Storage
from service import create_app
from service.deps import Deps
from tests.support.builders import SECRET, a_site, settings
from tests.support.immediate_jobs import ImmediateJobs
from tests.support.isso_requests import ORIGIN
from workers import deps as workers
from workers.filters import BUILT_IN
from workers.judging.policy import build_policy, catalogue


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
    chosen, jobs, pseudonyms = settings(**changes), ImmediateJobs(), Pseudonyms(SECRET)
    workers.set_deps(workers.Deps(chosen, storage, workers.now, jobs, BUILT_IN, build_policy(BUILT_IN, {})))
    app = create_app(Deps(chosen, storage, jobs, pseudonyms, workers.now, signals=catalogue(BUILT_IN)))
    app.testing = True
    return IssoSite(app, storage, pseudonyms)

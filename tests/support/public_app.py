"""A web process for tests: the real app on any storage, with a job queue that only records jobs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.interfaces import Storage
from service import create_app
from service.deps import Deps
from tests.support.builders import SECRET, a_site, settings
from tests.support.recorded_jobs import RecordedJobs
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

SUBMIT = "/v1/sites/blog/comments"
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def a_reply(**changes: Any) -> dict[str, Any]:
    """Return the fields of a valid submission."""
    plain = {"thread": "first-post", "author": "Ada", "email": "ada@example.org", "content": "Well said."}
    return plain | changes


@dataclass
class PublicApp:
    app: Flask
    storage: Storage
    jobs: RecordedJobs
    pseudonyms: Pseudonyms

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def comment(self, id: str, site: str = "blog") -> Comment:
        return self.storage.comments.get(site, id)


def open_public_app(storage: Storage, *sites: Site, **changes: Any) -> PublicApp:
    """Create an app with these sites, or with `a_site()`. `changes` are deployment settings."""
    for site in sites or (a_site(),):
        storage.sites.put(site)
    jobs, pseudonyms = RecordedJobs(), Pseudonyms(SECRET)
    deps = Deps(settings(**changes), storage, jobs, pseudonyms, lambda: datetime.now(UTC), signals=catalogue(BUILT_IN))
    app = create_app(deps)
    app.testing = True
    return PublicApp(app, storage, jobs, pseudonyms)

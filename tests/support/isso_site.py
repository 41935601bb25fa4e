"""A site with Isso's API, whose comments are judged at once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from flask import Flask

from comments.isso_names import isso_number
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.thread_addresses import thread_key
from tests.support.builders import NOW, SECRET, a_site, published
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


PAGE = {"uri": "/hello/"}
THREAD = thread_key(f"{ORIGIN}/hello/", isso_blog())
FROM_PAGE = {"Origin": ORIGIN}


def send(web: IssoSite, text: str = "Well said.", headers: dict[str, str] = FROM_PAGE, **fields: Any) -> httpx.Response:
    return web.client.post("/new", params=PAGE, json={"text": text, **fields}, headers=headers)


def read(web: IssoSite, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = web.client.get("/", params={**PAGE, **query}).raise_for_status().json()
    return found


def own_cookie(answer: httpx.Response) -> str:
    """Return the cookie with the author's right, as a browser sends it back."""
    name = str(answer.json()["id"])
    return next(c.split(";")[0] for c in answer.headers.get_list("Set-Cookie") if c.startswith(f"{name}="))


def published_here(web: IssoSite, n: int = 0, **changes: Any) -> Comment:
    """Publish a comment, and take its job from the queue so that the next submission starts its own."""
    comment = published(web.storage, thread=THREAD, received=NOW + timedelta(seconds=n), **changes)
    web.storage.queue.claim("blog", comment.id, 1, 1.0)
    return comment


def number(comment: Comment) -> int:
    return isso_number(comment.id, comment.received)

"""The Akismet API on a storage, with a judge that answers at once."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.job_queue import Jobs
from comments.pseudonyms import Pseudonyms
from comments.setting_values import Term
from comments.storage.interfaces import Storage
from tests.support.builders import SECRET, a_site
from tests.support.immediate_jobs import open_judged_app
from workers.filters import BUILT_IN, Filter

BLOG = "https://blog.example"
HAM = "I walked the pier path last Sunday and the harbour lights were lovely. Thank you for the map."
SPAM = "Buy watches online, visit http://pills-casino.example/buy today!"


def key_of(site: str = "blog", id: str = "k1") -> str:
    return Pseudonyms(SECRET).akismet_key(site, id)


@dataclass
class AkismetServer:
    app: Flask
    storage: Storage
    headers: dict[str, str] = field(default_factory=dict)  # of every request

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def ask(self, path: str, version: str = "1.1", **fields: Any) -> TestResponse:
        """Send a form with the key of the site "blog" and its address, unless `fields` say otherwise."""
        plain = {"api_key": key_of(), "blog": BLOG}
        form = {name: value for name, value in (plain | fields).items() if value is not None}
        return self.client.post(f"/{version}/{path}", data=form, headers=self.headers)

    @property
    def key(self) -> str:
        return key_of()

    def check(self, content: str = HAM, **fields: Any) -> TestResponse:
        return self.check_again("comment-check", **({"comment_content": content} | fields))

    def check_again(self, path: str, **fields: Any) -> TestResponse:
        """Send the fields of a comment, as feedback about it has them too."""
        plain = {
            "user_ip": "203.0.113.9", "user_agent": "Mozilla/5.0", "permalink": f"{BLOG}/pier", "comment_author": "Ada",
            "comment_author_email": "ada@mail.example", "comment_type": "comment",
        }  # fmt: skip
        return self.ask(path, **(plain | fields))


def open_akismet(
    storage: Storage, filters: tuple[Filter, ...] = BUILT_IN, jobs: Jobs | None = None, **site: Any
) -> AkismetServer:
    """Create an app with the site "blog", which has an Akismet key. Without `jobs` a judge answers at once.

    A site without lessons marks nothing as spam, so it rejects a word of SPAM.
    """
    plain = {"per_minute": 0, "origins": (BLOG,), "akismet_keys": ("k1",), "reject_words": (Term("pills-casino"),)}
    storage.sites.put(a_site(**(plain | site)))
    return AkismetServer(open_judged_app(storage, jobs, filters), storage)

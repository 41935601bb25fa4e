"""The web service on a storage, with clients that are signed in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.lifecycle import RESULT, Action, Role
from comments.model import Comment, Decision, Signal
from comments.person import Person
from comments.pseudonyms import Pseudonyms, new_id, token_digest
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from service import create_app
from service.accounts.passwords import hash_password
from service.deps import Deps
from tests.support.builders import NOW, SECRET, a_comment, a_decision, a_site, accepted, settings
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

#: Headers of a browser.
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

PASSWORD = "correct horse battery"
#: Hashed once, because hashing is slow by design.
HASH = hash_password(PASSWORD)
#: Holds a comment.
FIRST = Signal("author.first", 1.0, "nothing published yet", holds=True)


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def advance(self, time: timedelta) -> None:
        self.at += time


@dataclass
class JobList:
    """Records each job that is enqueued, without its token."""

    enqueued: list[tuple[str, str]] = field(default_factory=list)

    def enqueue(self, job: str, site: str, token: str = "") -> None:
        self.enqueued.append((job, site))


@dataclass
class WebApp:
    app: Flask
    storage: Storage
    clock: Clock
    jobs: JobList

    def anonymous(self) -> FlaskClient:
        return self.app.test_client()

    def add_account(self, name: str, operator: bool = False, password: str = HASH, **roles: str) -> Person:
        person = Person(name, roles, password, operator)
        self.storage.people.put(person)
        return person

    def signed_in(self, name: str = "mo", operator: bool = False, **roles: str) -> "SignedInClient":
        """Add an account and sign in by a one-time link, which needs no password hash."""
        self.add_account(name, operator, **roles)
        client = self.anonymous()
        assert client.post(self.link(name)).status_code == 303
        return SignedInClient(client, csrf_of(client))

    def link(self, name: str) -> str:
        """Create a one-time sign-in link and return its path."""
        token = new_id()
        self.storage.people.put_link(token_digest(token), name, 60)
        return f"/link/{token}"


@dataclass
class SignedInClient:
    """A signed-in browser, with the CSRF token of its session."""

    client: FlaskClient
    csrf: str

    def get(self, path: str, **arguments: object) -> TestResponse:
        return self.client.get(path, **arguments)

    def post_json(self, path: str, body: object, csrf: str | None = None) -> TestResponse:
        return self.client.post(path, json=body, headers={"X-CSRF-Token": self.csrf if csrf is None else csrf})

    def post_form(self, path: str, **fields: object) -> TestResponse:
        return self.client.post(path, data={"csrf": self.csrf, **fields})

    def submit(self, path: str, **fields: object) -> TestResponse:
        """Send a form, and follow the redirect to the page that shows the result."""
        return self.client.post(path, data={"csrf": self.csrf, **fields}, follow_redirects=True)


def sign_in(client: FlaskClient, name: str = "mo", password: str = PASSWORD, **more: str) -> TestResponse:
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def page(user: SignedInClient, path: str) -> str:
    """Request a page, check that it exists, and return its text."""
    answer = user.get(path, headers=HTML)
    assert answer.status_code == 200, (path, answer.status)
    return answer.text


def audit_log(web_app: WebApp, site: str = "blog") -> list[tuple[str, str, str]]:
    """Return the audit entries of a site as (actor, action, target)."""
    return [(e.by, e.action, e.subject) for e in web_app.storage.audit.all(site)]


def csrf_of(client: FlaskClient) -> str:
    """Return the CSRF token from the form of the account page."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/account").text)
    assert found
    return found[1]


def open_web_app(storage: Storage, of: Settings | None = None, sites: Iterable[str] = ("blog", "shop")) -> WebApp:
    clock, jobs = Clock(), JobList()
    for site in sites:
        storage.sites.put(a_site(id=site, name=f"The {site}"))
    app = create_app(Deps(of or settings(), storage, jobs, Pseudonyms(SECRET), clock, signals=catalogue(BUILT_IN)))
    return WebApp(app, storage, clock, jobs)


def judged(
    storage: Storage,
    action: Action,
    *signals: Signal,
    score: float = 0.0,
    masked: str = "",
    at: datetime = NOW,
    log_odds: float = 0.0,
    **changes: object,
) -> Comment:
    """Return a comment that the filters decided with these signals."""
    comment = accepted(storage, **changes)
    plain = Decision(action, RESULT[action], Role.FILTERS, "filters", at, "policy-1", hold_at=3.0, spam_at=8.0)
    decision = replace(plain, score=score, signals=signals, masked=masked, log_odds=log_odds)
    after = comment.with_decision(decision)
    assert storage.comments.decide(comment.site, [CommentChange(comment, after)]) == [True]
    return after


def held(storage: Storage, **changes: object) -> Comment:
    return judged(storage, Action.HOLD, FIRST, **changes)


def added_as_held(storage: Storage, **changes: object) -> Comment:
    """Return a comment that is stored as held at once. A judge that runs cannot decide it before."""
    decision = a_decision(Action.HOLD, signals=(FIRST,), hold_at=3.0, spam_at=8.0)
    after = a_comment(**changes).with_decision(decision)
    assert storage.comments.add_decided(after.site, [after]) == [True]
    return after

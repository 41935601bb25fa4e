"""The fast path and the view give the same answers and store the same comments."""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from comments.errors import Busy, KeyReused, ReplygateError, StorageDown, TooMany
from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Comments, Storage
from service.ops import views
from service.submission.acceptance import SUBMISSIONS_EXTENSION
from service.submission.fast_path import SubmissionFastPath
from service.web.security_headers import SecurityHeaders
from tests.support.builders import a_site, settings
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app

KEY = "rgk_one_secret"
SITE = a_site(keys=(SiteKey("one", token_digest(KEY)),))
AUTHORIZED = {"Authorization": f"Bearer {KEY}"}
PAGE = {"Origin": "https://blog.example"}

#: Name -> (body: JSON fields or raw text, headers).
REQUESTS: Mapping[str, tuple[dict[str, Any] | str, dict[str, str]]] = {
    "accepted": (a_reply(), {}),
    "accepted with browser headers": (a_reply(), {"User-Agent": "Mozilla", "Referer": "https://blog.example/x\x7f"}),
    "accepted from the site's page": (a_reply(), PAGE),
    "accepted from our own page": (a_reply(), {"Origin": "http://localhost"}),
    "accepted from the site's server": (a_reply(ip="192.0.2.7", user_agent="Mozilla"), AUTHORIZED),
    "accepted with an idempotency key": (a_reply(), {"Idempotency-Key": "one"}),
    "accepted with a wait of 0": (a_reply(), {"Prefer": "wait=0"}),
    "accepted with a filled honeypot": (a_reply(website="http://spam.example"), {}),
    "unknown parent": (a_reply(parent="a" * 26), {}),
    "wrong origin": (a_reply(), {"Origin": "https://evil.example"}),
    "null origin": (a_reply(), {"Origin": "null"}),
    "wrong key": (a_reply(), {"Authorization": "Bearer rgk_one_guess"}),
    "wrong scheme": (a_reply(), {"Authorization": "Basic rgk_one_secret"}),
    "wrong key from the site's page": (a_reply(), {"Authorization": "Bearer x", **PAGE}),
    "server fields without a key": (a_reply(ip="192.0.2.7"), {}),
    "server fields with a bad address": (a_reply(ip="192.0.2.777"), AUTHORIZED),
    "bad idempotency key": (a_reply(), {"Idempotency-Key": "\xe9"}),
    "wrong fields": ({"thread": "", "email": "ada@", "status": "approved", "content": 1}, {}),
    "wrong fields from the site's page": ({"thread": "", "email": "ada"}, PAGE),
    "unknown field": (a_reply(colour="red"), {}),
    "malformed parent": (a_reply(parent="nobody"), {}),
    "notify without mail": (a_reply(notify="replies"), {}),
    "too long": (a_reply(author="A" * 246), {}),
    "control character in the page's key": (a_reply(thread="A\x07"), {}),
    "accepted with a control character in the name": (a_reply(author="A\x07"), {}),
    "accepted with NUL": (a_reply(content="a\0b"), {}),
    "half a surrogate pair": ('{"content": "\\ud800"}', {}),
    "trap by its internal name": (a_reply(trap="x"), {}),
    "not JSON": ("{", {}),
    "not an object": ("[1]", {}),
    "same field twice": ('{"thread": "a", "thread": "b"}', {}),
    "nested too deeply": ("[" * 5000, {}),
    "error page for a browser": (a_reply(content=""), HTML),
    "403 page for a browser": (a_reply(), {**HTML, "Origin": "https://evil.example"}),
    "compressed body": (a_reply(), {"Content-Encoding": "gzip"}),
    "too large": (a_reply(content="x" * 70_000), {}),
}


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, SITE, replace(SITE, id="other"))


def without_fast_path(web: PublicApp) -> Client:
    def flask(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return Flask.wsgi_app(web.app, environ, start_response)

    return Client(views.with_access_log(SecurityHeaders(flask, settings()), web.app))


def posted(client: Client, site: str, body: dict[str, Any] | str, headers: Mapping[str, str]) -> TestResponse:
    data = body if isinstance(body, str) else json.dumps(body)
    return client.post(f"/v1/sites/{site}/comments", data=data, headers=headers, content_type="application/json")


def comparable(answer: TestResponse) -> tuple[Any, ...]:
    """Return the answer without random ids, times and the site's name."""

    def plain(text: str) -> str:
        secrets = r"(?<=\"receipt\":\")[\w-]+|(?<=\"author_secret\":\")[\w.-]+"
        return re.sub(rf"{secrets}|\b[a-z2-7]{{26}}\b|\d{{4}}-[\dT:.-]+Z|/(blog|other)/", "_", text)

    return answer.status, sorted((n, plain(v)) for n, v in answer.headers if n != "Content-Length"), plain(answer.text)


def counted(web: PublicApp) -> dict[tuple[str, str, int], float]:
    totals = web.app.extensions["replygate.ops"].counters.totals()
    return {(labels.method, labels.route, labels.status): sum(row.buckets) for labels, row in totals.items()}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_fast_path_gives_the_same_answer(web: PublicApp, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    body, headers = REQUESTS[name]
    fast = posted(web.client, "blog", body, headers)
    first, fast_log = counted(web), [(r.name, r.levelname, r.message) for r in caplog.records]
    caplog.clear()
    slow = posted(without_fast_path(web), "other", body, headers)
    assert comparable(fast) == comparable(slow)
    assert [(r.name, r.levelname, r.message) for r in caplog.records] == fast_log
    assert counted(web) == {labels: 2 * n for labels, n in first.items()}, "counted under the same labels"
    assert (fast.status_code == 202) is name.startswith("accepted")


def test_the_fast_path_gives_the_same_answer_for_a_missing_site(web: PublicApp) -> None:
    answers = [posted(client, "missing", a_reply(), PAGE) for client in (web.client, without_fast_path(web))]
    assert comparable(answers[0]) == comparable(answers[1])
    assert answers[0].status_code == 404


def test_the_fast_path_stores_the_same_comment(web: PublicApp) -> None:
    headers = {"User-Agent": "Mozilla", "Referer": "https://blog.example/post", "Origin": "https://blog.example"}
    stored = []
    for client, author in ((web.client, "Ada"), (without_fast_path(web), "Bob")):
        fields = a_reply(author=author, website="trapped")
        answer = client.post(SUBMIT, json=fields, headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
        stored.append(web.comment(json.loads(answer.data)["id"]))
    fast, slow = stored
    assert replace(slow, id=fast.id, received=fast.received, author="Ada", browser=fast.browser) == fast


def test_the_fast_path_does_not_call_flask(web: PublicApp) -> None:
    def flask(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise AssertionError("called")

    fast_path = SubmissionFastPath(flask, web.app.extensions[SUBMISSIONS_EXTENSION])
    for content_type in ("application/json", "application/json; charset=utf-8"):
        answer = Client(fast_path).post(
            SUBMIT, data=json.dumps(a_reply(content=content_type)), content_type=content_type
        )
        assert answer.status_code == 202
        assert web.comment(json.loads(answer.data)["id"]).content == content_type


@pytest.mark.parametrize("length", ["", "-1", "1e3", "²", "9" * 30, "70000"])
def test_flask_handles_a_body_without_a_plain_length(web: PublicApp, length: str) -> None:
    sent = {"data": json.dumps(a_reply()), "content_type": "application/json"}
    answer = web.client.post(SUBMIT, **sent, environ_overrides={"CONTENT_LENGTH": length})
    assert answer.status_code in (400, 413)


@dataclass(frozen=True)
class FailingComments:
    """Comments of a storage in which every write fails."""

    error: Exception
    calls: list[object] = field(default_factory=list)

    def accept(self, *arguments: object) -> None:
        self.calls.append(arguments)
        raise self.error


FAILURES: tuple[tuple[Exception, int], ...] = (
    (StorageDown("away"), 503),
    (TooMany("slow down", 7), 429),
    (Busy("full", 30), 503),
    (KeyReused("reused"), 422),
    (ZeroDivisionError("a bug"), 500),
    (ReplygateError("an error without a row in the table"), 500),
)


@pytest.mark.parametrize(("error", "status"), FAILURES, ids=lambda value: type(value).__name__)
def test_the_fast_path_answers_and_logs_failures_in_the_same_way(
    storage: Storage, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    failing = FailingComments(error)
    web = open_public_app(replace(storage, comments=cast(Comments, failing)), SITE, replace(SITE, id="other"))
    web.app.testing = False
    caplog.set_level(logging.INFO)
    fast = posted(web.client, "blog", a_reply(), PAGE)
    fast_log = [(r.name, r.levelname, r.message) for r in caplog.records]
    assert len(failing.calls) == 1, "nothing is tried twice"
    caplog.clear()
    slow = posted(without_fast_path(web), "other", a_reply(), PAGE)
    assert comparable(fast) == comparable(slow)
    assert [(r.name, r.levelname, r.message) for r in caplog.records] == fast_log
    assert (fast.status_code, fast.mimetype) == (status, "application/problem+json")
    assert any(level == "ERROR" for _, level, _ in fast_log) is (status == 500)

"""Submissions in JSON: each is answered, logged and counted once, and a refusal has the reason."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from werkzeug.test import Client, TestResponse

from comments.errors import Busy, KeyReused, ReplygateError, StorageDown, TooMany
from comments.pseudonyms import Pseudonyms, token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Comments, Storage
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


#: Begin of a name in REQUESTS -> status of the answer; 422 for the rest.
STATUSES = {
    **dict.fromkeys(("not JSON", "not an object", "same field twice", "nested"), 400),
    **dict.fromkeys(("wrong key", "wrong scheme"), 401),
    **dict.fromkeys(("wrong origin", "null origin", "403"), 403),
    **{"accepted": 202, "too large": 413, "compressed": 415},
}


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, SITE)


def expected_type(headers: Mapping[str, str]) -> str:
    """Return the type of an error: a page for a browser."""
    return "text/html" if "Accept" in headers else "application/problem+json"


def posted(client: Client, body: dict[str, Any] | str, headers: Mapping[str, str]) -> TestResponse:
    data = body if isinstance(body, str) else json.dumps(body)
    return client.post(SUBMIT, data=data, headers=headers, content_type="application/json")


def counted(web: PublicApp) -> dict[tuple[str, str, int], float]:
    totals = web.app.extensions["replygate.ops"].counters.totals()
    return {(labels.method, labels.route, labels.status): sum(row.buckets) for labels, row in totals.items()}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_submission_is_answered_logged_and_counted_once(
    web: PublicApp, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    body, headers = REQUESTS[name]
    answer = posted(web.client, body, headers)
    status = next((status for start, status in STATUSES.items() if name.startswith(start)), 422)
    assert answer.status_code == status
    assert counted(web) == {("POST", "/v1/sites/<site>/comments", status): 1}
    assert [(r.levelname, r.message) for r in caplog.records if r.message == "answered"] == [("INFO", "answered")]
    assert answer.mimetype == ("application/json" if status == 202 else expected_type(headers))
    assert ("Access-Control-Allow-Origin" in answer.headers) is (headers.get("Origin") in SITE.origins)


def test_a_submission_to_a_missing_site_is_not_found(web: PublicApp) -> None:
    answer = web.client.post("/v1/sites/missing/comments", json=a_reply(), headers=PAGE)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_submission_is_stored_with_what_describes_its_sender(web: PublicApp) -> None:
    headers = {"User-Agent": "Mozilla", "Referer": "https://blog.example/post", "Origin": "https://blog.example"}
    fields = a_reply(website="trapped")
    answer = web.client.post(SUBMIT, json=fields, headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    stored = web.comment(json.loads(answer.data)["id"])
    assert (stored.user_agent, stored.referrer, stored.trap) == ("Mozilla", "https://blog.example/post", "trapped")
    assert stored.origin == Pseudonyms(settings().secret_key).origin("192.0.2.1")
    assert stored.browser


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_both_spellings_of_the_type_of_json_are_read(web: PublicApp, content_type: str) -> None:
    body = json.dumps(a_reply(content=content_type))
    answer = web.client.post(SUBMIT, data=body, content_type=content_type)
    assert answer.status_code == 202
    assert web.comment(json.loads(answer.data)["id"]).content == content_type


@pytest.mark.parametrize("length", ["", "-1", "1e3", "²", "9" * 30, "70000"])
def test_a_body_without_a_plain_length_is_refused(web: PublicApp, length: str) -> None:
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
def test_a_failure_is_answered_and_logged_once(
    storage: Storage, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    failing = FailingComments(error)
    web = open_public_app(replace(storage, comments=cast(Comments, failing)), SITE)
    web.app.testing = False
    caplog.set_level(logging.INFO)
    answer = posted(web.client, a_reply(), PAGE)
    assert len(failing.calls) == 1, "nothing is tried twice"
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE["Origin"]
    assert [r.levelname for r in caplog.records if r.levelname == "ERROR"] == ["ERROR"] * (status == 500)

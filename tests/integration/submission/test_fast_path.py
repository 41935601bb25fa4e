"""The short way for writers answers exactly as the long way does, and keeps exactly the same."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from comments.errors import StorageDown
from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Comments, Storage
from service.submission.acceptance import EXTENSION
from service.submission.fast_path import Lane
from service.web.security_headers import Secured
from service.web.site_cache import SiteCache
from tests.support.builders import a_site, settings
from tests.support.web import SUBMIT, Web, a_reply, open_web

KEY = "rgk_one_secret"
SITE = a_site(keys=(SiteKey("one", token_digest(KEY)),))
AUTHORIZED = {"Authorization": f"Bearer {KEY}"}

REQUESTS: Mapping[str, tuple[dict[str, Any], dict[str, str]]] = {
    "plain": (a_reply(), {}),
    "headers of a browser": (a_reply(), {"User-Agent": "Mozilla", "Referer": "https://blog.example/x\x7f"}),
    "the site's page": (a_reply(), {"Origin": "https://blog.example"}),
    "our page": (a_reply(), {"Origin": "http://localhost"}),
    "another page": (a_reply(), {"Origin": "https://evil.example"}),
    "the site's server": (a_reply(ip="192.0.2.7", user_agent="Mozilla"), AUTHORIZED),
    "a wrong key": (a_reply(), {"Authorization": "Bearer rgk_one_guess"}),
    "server's fields without a key": (a_reply(ip="192.0.2.7"), {}),
    "an idempotency key": (a_reply(), {"Idempotency-Key": "one"}),
    "a bad idempotency key": (a_reply(), {"Idempotency-Key": "\xe9"}),
    "a wait": (a_reply(), {"Prefer": "wait=0"}),
    "a trap": (a_reply(website="http://spam.example"), {}),
    "wrong fields": ({"thread": "", "email": "ada@", "status": "approved", "content": 1}, {}),
    "NUL": (a_reply(content="a\0b"), {}),
    "a page for people": (a_reply(content=""), {"Accept": "text/html"}),
    "a body encoded": (a_reply(), {"Content-Encoding": "gzip"}),
    "no such parent": (a_reply(parent="a" * 26), {}),
}


@pytest.fixture
def web(storage: Storage) -> Web:
    return open_web(storage, SITE)


def the_long_way(web: Web) -> Client:
    def flask(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return Flask.wsgi_app(web.app, environ, start_response)

    return Client(Secured(flask, settings()))


def without_chance(answer: TestResponse, site: str) -> tuple[Any, ...]:
    """The answer without what is drawn, or looked up at the clock, or names the site."""

    def told(text: str) -> str:
        return re.sub(rf"\b[a-z2-7]{{26}}\b|(?<=\"receipt\":\")[\w-]+|\d{{4}}-[\dT:.-]+Z|/{site}/", "_", text)

    return answer.status, sorted((n, told(v)) for n, v in answer.headers if n != "Content-Length"), told(answer.text)


@pytest.mark.parametrize("name", REQUESTS)
def test_both_ways_answer_the_same(web: Web, name: str) -> None:
    fields, headers = REQUESTS[name]
    web.storage.sites.put(replace(SITE, id="other"))
    short = web.client.post(SUBMIT, json=fields, headers=headers)
    long = the_long_way(web).post("/v1/sites/other/comments", json=fields, headers=headers)
    assert without_chance(short, "blog") == without_chance(long, "other")


def test_both_ways_keep_the_same(web: Web) -> None:
    headers = {"User-Agent": "Mozilla", "Referer": "https://blog.example/post", "Origin": "https://blog.example"}
    kept = []
    for client, author in ((web.client, "Ada"), (the_long_way(web), "Bob")):
        fields = a_reply(author=author, website="trapped")
        answer = client.post(SUBMIT, json=fields, headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
        kept.append(web.comment(json.loads(answer.data)["id"]))
    short, long = kept
    assert replace(long, id=short.id, received=short.received, author="Ada") == short


def test_a_comment_is_kept_without_the_framework(web: Web) -> None:
    def framework(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise AssertionError("asked")

    lane = Lane(framework, SiteCache(web.storage.sites), web.app.extensions[EXTENSION])
    for kind in ("application/json", "application/json; charset=utf-8"):
        answer = Client(lane).post(SUBMIT, data=json.dumps(a_reply(content=kind)), content_type=kind)
        assert answer.status_code == 202
        assert web.comment(json.loads(answer.data)["id"]).content == kind


@pytest.mark.parametrize("length", ["", "-1", "1e3", "²", "9" * 30, "70000"])
def test_a_body_without_a_plain_length_goes_the_long_way(web: Web, length: str) -> None:
    sent = {"data": json.dumps(a_reply()), "content_type": "application/json"}
    answer = web.client.post(SUBMIT, **sent, environ_overrides={"CONTENT_LENGTH": length})
    assert answer.status_code in (400, 413)


@dataclass(frozen=True)
class Failing:
    """Comments of a storage that cannot do anything."""

    error: type[Exception]
    asked: list[object] = field(default_factory=list)

    def accept(self, *what: object) -> None:
        self.asked.append(what)
        raise self.error


@pytest.mark.parametrize(("error", "status"), [(StorageDown, 503), (ZeroDivisionError, 500)])
def test_what_fails_on_the_short_way_is_told_by_the_long_way(
    storage: Storage, error: type[Exception], status: int
) -> None:
    failing = Failing(error)
    web = open_web(replace(storage, comments=cast(Comments, failing)), SITE)
    web.app.testing = False
    answer = web.client.post(SUBMIT, json=a_reply())
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert len(failing.asked) == 1  # what did not answer in time is not waited for again

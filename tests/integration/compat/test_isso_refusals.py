"""Isso's API: requests that cannot be read are refused with a message."""

import json

import pytest

from comments.storage.interfaces import Storage
from tests.support.builders import NOW
from tests.support.isso_site import (
    FROM_PAGE,
    PAGE,
    IssoSite,
    isso_blog,
    open_isso_site,
    published_here,
)


@pytest.fixture
def web(storage: Storage) -> IssoSite:
    return open_isso_site(storage, isso_blog())


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b'"text"', b"{", b'{"text": "a", "text": "b"}', b"\xff", b'{"text": "\\ud800"}',
        b'{"text": NaN}', b'{"text": 1e999}', b'{"parent": true, "text": "a"}', b'{"parent": 1.5, "text": "a"}',
        b'{"parent": -1, "text": "a"}', b'{"parent": 9223372036854775807, "text": "a"}', b"[" * 30_000,
        b'{"parent": ' + b"9" * 5000 + b', "text": "a"}', b'{"text": {}}', b'{"title": [], "text": "a"}',
        json.dumps({"text": "Fine", "website": "javascript:alert(1)"}).encode(),
        json.dumps({"text": "x" * 20_000}).encode(),
    ],
)  # fmt: skip
def test_unreadable_bodies_are_refused_with_a_message(web: IssoSite, body: bytes) -> None:
    answer = web.client.post(
        "/new", params=PAGE, content=body, headers=FROM_PAGE | {"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert web.storage.queue.depth("blog").queued == 0


@pytest.mark.parametrize("field", ["text", "author", "email", "website", "title"])
def test_a_value_that_is_no_text_is_refused_by_the_name_of_isso(web: IssoSite, field: str) -> None:
    answer = web.client.post("/new", params=PAGE, json={"text": "Fine", field: 5}, headers=FROM_PAGE)
    assert answer.status_code == 400
    assert f"{field} must be a string or null." in answer.json()["message"]


@pytest.mark.parametrize(
    "query",
    [
        "", "uri=", "uri=%00", "uri=" + "a" * 9000, "uri=/x&limit=", "uri=/x&limit=1e9", "uri=/x&nested_limit=x",
        "uri=/x&offset=" + "9" * 5000, "uri=/x&after=nan", "uri=/x&after=x", "uri=/x&sort=NEWEST", "uri=/x&parent=0x1",
    ],
)  # fmt: skip
def test_unreadable_queries_are_refused_with_a_message(web: IssoSite, query: str) -> None:
    answer = web.client.get(f"/?{query}")
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "query",
    ["limit=-1", "limit=99999999999999999999", "parent=-5", "parent=0", "parent=99999999999999999999", "offset=7"],
)
def test_numbers_that_mean_nothing_find_nothing(web: IssoSite, query: str) -> None:
    published_here(web)
    answer = web.client.get(f"/?uri=/hello/&{query}")
    assert answer.status_code == 200
    assert len(answer.json()["replies"]) == query.startswith("limit")
    assert answer.json()["hidden_replies"] == 0


@pytest.mark.parametrize("body", [b"{}", b"null", b"[1]", b'[["a"]]', b"[" + b'"x",' * 200 + b'"x"]', b"x", b""])
def test_counts_of_anything_but_a_list_of_threads_are_refused(web: IssoSite, body: bytes) -> None:
    assert web.client.post("/count", content=body).status_code == 400


def test_missing_and_deleted_sites_are_not_found(web: IssoSite) -> None:
    for path in ("/?uri=/x", "/config", "/js/embed.min.js", "/latest?limit=1"):
        missing = web.client.get(f"http://replies.example/isso/no-such-site{path}")
        assert missing.status_code == 404
        web = open_isso_site(web.storage, isso_blog(deleted=NOW))
        assert web.client.get(path).status_code == 410

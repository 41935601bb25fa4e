"""Tokens of signed users over real connections to a real web process."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from comments.storage.interfaces import Storage
from tests.support.builders import a_site
from tests.support.running_service import running_service
from tests.support.user_tokens import user_token

PAGE = {"Origin": "https://blog.example"}


@pytest.fixture
def address(storage: Storage, valkey_url: str) -> Iterator[str]:
    storage.sites.put(a_site(user_keys=("k1",)))
    with running_service(valkey_url) as url:
        yield f"{url}/v1/sites/blog"


def send(method: str, url: str, headers: Mapping[str, str], body: Any = None) -> tuple[int, dict[str, str], Any]:
    data = json.dumps(body).encode() if body is not None else None
    types = {"Content-Type": "application/json"} if data else {}
    request = urllib.request.Request(url, data, {**types, **headers}, method=method)
    try:
        answer = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read()
        lower = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, lower, json.loads(text) if text else None


def test_a_page_of_the_site_sends_and_lists_comments_of_a_user(address: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "replygate-user"}
    _, preflight, _ = send("OPTIONS", f"{address}/comments", PAGE | asked)
    assert "Replygate-User" in preflight["access-control-allow-headers"]
    token = {"Replygate-User": user_token()}
    status, headers, sent = send("POST", f"{address}/comments", PAGE | token, {"thread": "t", "content": "Signed."})
    assert (status, headers["access-control-allow-origin"]) == (202, "https://blog.example")
    status, headers, listed = send("GET", f"{address}/own-comments?thread=t", PAGE | token)
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert headers["access-control-allow-origin"] == "https://blog.example"
    assert [c["id"] for c in listed["comments"]] == [sent["id"]]


def test_a_bad_token_gets_its_code_which_the_page_can_read(address: str) -> None:
    for token, code in (
        (user_token(site="other"), "signature"),
        (user_token(exp=1, iat=0), "expired"),
        ("x", "malformed"),
    ):
        headers = PAGE | {"Replygate-User": token}
        status, answered, body = send("POST", f"{address}/comments", headers, {"thread": "t", "content": "Signed."})
        assert (status, body["problems"][0]["code"]) == (422, code)
        assert answered["access-control-allow-origin"] == "https://blog.example"

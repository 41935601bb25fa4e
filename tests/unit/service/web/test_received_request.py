"""Received requests find headers and read bodies as Flask's own requests do, with the same limits."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from service.web.received_request import ReceivedRequest

NAMES = ("Content-Type", "content-length", "ORIGIN", "If-None-Match", "Cookie", "X_Real-Ip", "", "Absent")


def environment(body: bytes = b"", **more: Any) -> Mapping[str, Any]:
    headers = {"Origin": "https://blog.example", "If-None-Match": '"1"', "X-Real-IP": "192.0.2.1", "Cookie": "a=1"}
    made = EnvironBuilder(method="POST", data=body, content_type="application/json", headers=headers)
    return {**made.get_environ(), **more}


@pytest.mark.parametrize("name", NAMES)
def test_headers_are_those_of_flask(name: str) -> None:
    received, ordinary = ReceivedRequest({**environment(b"{}")}), Request({**environment(b"{}")})
    assert received.headers.get(name) == ordinary.headers.get(name)
    assert received.headers.get(name, "other") == ordinary.headers.get(name, "other")
    assert received.headers.get(name, -1, type=int) == ordinary.headers.get(name, -1, type=int)
    assert (name in received.headers) == (name in ordinary.headers)
    assert list(received.headers) == list(ordinary.headers)


def test_a_name_that_is_no_text_is_not_among_the_headers() -> None:
    assert 1 not in ReceivedRequest({**environment()}).headers  # type: ignore[comparison-overlap]


def read(environment: Mapping[str, Any], most: int | None = None) -> bytes:
    request = ReceivedRequest({**environment})
    request.max_content_length = most
    return request.get_data()


def test_a_complete_body_is_read_up_to_the_limit() -> None:
    assert read(environment(b"12345")) == read(environment(b"12345"), most=5) == b"12345"
    with pytest.raises(RequestEntityTooLarge):
        read(environment(b"12345"), most=4)
    assert read(environment()) == b""


def test_a_body_that_is_shorter_than_its_length_is_refused() -> None:
    with pytest.raises(ClientDisconnected):
        read(environment(CONTENT_LENGTH="5", **{"wsgi.input": BytesIO(b"123")}))


def test_a_body_that_is_longer_than_its_length_is_cut() -> None:
    assert read(environment(CONTENT_LENGTH="2", **{"wsgi.input": BytesIO(b"123")})) == b"12"


def test_a_body_that_was_not_read_because_of_its_length_is_refused() -> None:
    with pytest.raises(RequestEntityTooLarge):
        read(environment(CONTENT_LENGTH="50", **{"wsgi.input": BytesIO()}), most=10)

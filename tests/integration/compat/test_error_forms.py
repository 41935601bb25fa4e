"""Errors below the addresses of other protocols, in the forms that their clients read."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.errors import StorageDown
from comments.storage.interfaces import Storage
from replygate.early_errors import BUSY, TOO_SLOW, early_answer, unreadable
from service.compat.error_forms import PROTOCOL_ERROR_FORMS
from service.web.errors import Refusal
from tests.support.akismet import BLOG, key_of, open_akismet
from tests.support.immediate_jobs import open_judged_app
from tests.support.public_app import HTML

JSON_TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Protocol:
    """Addresses of a protocol. `work` is one that reads a body, and needs storage."""

    unknown: tuple[str, ...]
    work: str
    body: str
    most: int = 1_000_000  # bytes that a body never has
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_TYPE)


PROTOCOLS = {
    "isso": Protocol(
        ("/isso/blog/demo/", "/isso/blog/id/x", "/isso/blog/js/other.js", "/isso/blog/admin/", "/isso/blog/id/1/x"),
        "/isso/blog/new?uri=/hello/", '{"text": "Hello"}', headers=JSON_TYPE | {"Origin": BLOG},
    ),
    "akismet": Protocol(
        ("/1.1/unknown", "/1.2/", "/1.1", f"/k/{key_of()}/1.1/unknown", f"/k/{key_of()}/9/x", "/1.1/comment-check/"),
        "/1.1/comment-check", f"api_key={key_of()}&blog={BLOG}&comment_content=Hello", 2_100_000,
        {"Content-Type": "application/x-www-form-urlencoded"},
    ),
    "google": Protocol(
        ("/v1alpha1/comments:unknown", "/v1alpha1/", "/v1alpha1", "/$discovery/", "/v1alpha1/comments/analyze"),
        "/v1alpha1/comments:analyze?key=rgk_a_b", "{}",
    ),
    "coral": Protocol(
        ("/v1/sites/blog/coral/", "/v1/sites/blog/coral/x", "/v1/sites/none/coral/x"), "/v1/sites/blog/coral", "{}"
    ),
}  # fmt: skip


def check_isso(answer: TestResponse, status: int) -> None:
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert list(answer.json) == ["message"]
    assert answer.json["message"]


def check_akismet(answer: TestResponse, status: int) -> None:
    assert (answer.status_code, answer.content_type) == (status, "text/plain; charset=utf-8")
    assert answer.text not in ("", "true", "false", "valid", "invalid")
    assert answer.headers["X-akismet-debug-help"] == answer.text
    assert "\n" not in answer.text


def check_google(answer: TestResponse, status: int) -> None:
    status = 400 if status == 413 else status
    assert (answer.status_code, answer.content_type) == (status, "application/json; charset=UTF-8")
    error = answer.json["error"]
    assert (error["code"], error["status"].isupper()) == (status, True)
    assert error["status"] != "UNKNOWN"
    assert error["message"]


def check_coral(answer: TestResponse, status: int) -> None:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["status"] == status


CHECKS: dict[str, Callable[[TestResponse, int], None]] = {
    "isso": check_isso, "akismet": check_akismet, "google": check_google, "coral": check_coral,
}  # fmt: skip
each_protocol = pytest.mark.parametrize("name", PROTOCOLS)
#: What programs and browsers ask for must not change the form.
each_accepted = pytest.mark.parametrize("accepted", [{}, HTML, {"Accept": "*/*"}])


@pytest.fixture
def client(storage: Storage) -> FlaskClient:
    return open_akismet(storage).client


def sent(client: FlaskClient, name: str, headers: Mapping[str, str] = {}, **more: Any) -> TestResponse:
    protocol = PROTOCOLS[name]
    asked: dict[str, Any] = {"method": "POST", "data": protocol.body, "headers": {**protocol.headers, **headers}}
    return client.open(protocol.work, **(asked | more))


@each_accepted
@each_protocol
def test_an_unknown_address_is_answered_in_the_form_of_its_protocol(
    client: FlaskClient, name: str, accepted: dict[str, str]
) -> None:
    for path in PROTOCOLS[name].unknown:
        CHECKS[name](client.get(path, headers=accepted), 404)
        answer = client.post(path, headers=accepted)
        CHECKS[name](answer, 405 if "Allow" in answer.headers else 404)


@each_accepted
@each_protocol
def test_a_wrong_method_is_answered_with_the_allowed_ones(
    client: FlaskClient, name: str, accepted: dict[str, str]
) -> None:
    answer = sent(client, name, accepted, method="PATCH")
    CHECKS[name](answer, 405)
    assert "POST" in answer.headers["Allow"]


@each_protocol
def test_a_body_that_is_too_large_is_refused_in_the_same_form(client: FlaskClient, name: str) -> None:
    answer = sent(client, name, data=b"x" * PROTOCOLS[name].most)
    CHECKS[name](answer, 413 if name != "google" else 400)
    chunked = sent(
        client, name, data=None, input_stream=io.BytesIO(b""), environ_overrides={"CONTENT_LENGTH": "9" * 12}
    )
    CHECKS[name](chunked, 413 if name != "google" else 400)


@each_protocol
def test_an_unexpected_error_is_answered_in_the_same_form(storage: Storage, name: str) -> None:
    answer = sent(open_broken(storage, ZeroDivisionError("secret detail")), name)
    CHECKS[name](answer, 500)
    assert "secret" not in answer.text


@each_protocol
def test_a_failure_of_storage_says_when_to_try_again(storage: Storage, name: str) -> None:
    answer = sent(open_broken(storage, StorageDown("connection to 10.0.0.7 refused")), name)
    CHECKS[name](answer, 503)
    assert int(answer.headers["Retry-After"]) >= 1
    assert "10.0.0.7" not in answer.text


class BrokenStore:
    """A store each of whose methods raises an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: object, **__: object) -> Any:
            raise self._error

        return fail


def open_broken(storage: Storage, error: Exception) -> FlaskClient:
    """Open the service with a storage whose stores of sites and checks fail."""
    changes: dict[str, Any] = {name: BrokenStore(error) for name in ("sites", "checks", "check_records", "people")}
    return open_judged_app(replace(storage, **changes)).test_client()


def test_pages_of_the_site_can_read_errors_at_unknown_addresses(client: FlaskClient) -> None:
    for path in ("/isso/blog/demo/", "/isso/blog/id/x"):
        answer = client.get(path, headers={"Origin": BLOG})
        assert answer.headers["Access-Control-Allow-Origin"] == BLOG
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert (
            "Access-Control-Allow-Origin" not in client.get(path, headers={"Origin": "https://other.example"}).headers
        )
    assert "Access-Control-Allow-Origin" not in client.get("/isso/none/x", headers={"Origin": BLOG}).headers


def test_an_unknown_site_of_isso_is_answered_in_its_form(client: FlaskClient) -> None:
    check_isso(client.get("/isso/none/?uri=/hello/", headers=HTML), 404)


@pytest.mark.parametrize("refused", [TOO_SLOW, BUSY, unreadable(["cookie"])])
@pytest.mark.parametrize("public_path", ["", "/replies"])
@each_protocol
def test_errors_before_the_application_have_the_same_form(name: str, public_path: str, refused: Refusal) -> None:
    path = public_path + PROTOCOLS[name].work.partition("?")[0]
    status, headers, body = early_answer(refused, path, PROTOCOL_ERROR_FORMS, public_path)
    names = dict(headers)
    assert names["cache-control"] == "no-store"
    assert ("retry-after" in names) == (refused is BUSY)
    answer = TestResponse([body], str(status), headers, request=None)  # type: ignore[arg-type]
    CHECKS[name](answer, refused.status)


def test_other_addresses_keep_problem_details(client: FlaskClient) -> None:
    for path in ("/nothing", "/v1/sites/blog/nothing", "/1.3/comment-check", "/kk", "/v1alpha2/x", "/issoo/blog/"):
        assert client.get(path).mimetype == "application/problem+json"
    _, headers, body = early_answer(BUSY, "/v1/sites/blog/comments", PROTOCOL_ERROR_FORMS, "")
    assert (dict(headers)["content-type"], json.loads(body)["type"]) == (
        "application/problem+json",
        "urn:replygate:busy",
    )

"""Schemathesis against the OpenAPI document: no 5xx and no undocumented answers."""

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from comments.person import Person
from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from service.accounts.passwords import hash_password
from tests.support.builders import a_site, accepted, published
from tests.support.public_app import PublicApp, open_public_app
from tests.support.stored import new_storage

CHECKS = (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
KEY = "rgk_k1_" + "s" * 40
PASSWORD = "correct horse battery"


def open_app() -> PublicApp:
    storage: Storage = new_storage()
    site = a_site(per_minute=0, keys=(SiteKey("k1", token_digest(KEY)),))
    web = open_public_app(storage, site, ops_token="o" * 40)
    storage.people.put(Person("mo", {"blog": "owner"}, hash_password(PASSWORD), operator=True))
    for n in range(3):
        published(storage, content=f"Published {n}")
        accepted(storage, content=f"Queued {n}")
    return web


def session_headers(web: PublicApp) -> dict[str, str]:
    """Return the headers of a signed-in owner."""
    client = web.client
    client.post("/sign-in", data={"name": "mo", "password": PASSWORD})
    cookie = client.get_cookie("replygate")
    assert cookie is not None
    session = web.storage.people.session(token_digest(cookie.value), 3600)
    assert session is not None
    return {"Cookie": f"replygate={cookie.value}", "X-CSRF-Token": session.csrf}


web = open_app()
schema = schemathesis.openapi.from_wsgi("/openapi.json", web.app)
signed_in = session_headers(web)
fuzzed = hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def check(case: schemathesis.Case, **headers: str) -> None:
    checks = {not_a_server_error, *CHECKS}
    if case.path == "/readyz":
        checks.remove(not_a_server_error)  # 503 is its normal response without a judge
    if "/threads/{thread}/" in case.path:
        checks.remove(unsupported_method)  # PUT is allowed: the path is then a thread whose key ends in "/comments"
    case.call_and_validate(checks=list(checks), headers=headers)


@schema.parametrize()
@fuzzed
def test_strangers_get_the_documented_answers(case: schemathesis.Case) -> None:
    check(case)


@schema.include(path_regex="/threads/|/comments$").parametrize()
@fuzzed
def test_the_sites_server_gets_the_documented_answers(case: schemathesis.Case) -> None:
    case.path_parameters["site"] = "blog"
    check(case, Authorization=f"Bearer {KEY}")


@schema.include(path_regex="/review/|/ops").parametrize()
@fuzzed
def test_moderators_get_the_documented_answers(case: schemathesis.Case) -> None:
    if case.path_parameters:
        case.path_parameters["site"] = "blog"
    check(case, **signed_in)


def test_the_document_is_valid_and_complete() -> None:
    document = web.client.get("/openapi.json").json
    schema.validate()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert "503" in operation["responses"] or path == "/healthz", (path, method)
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and path != "/readyz":
                    assert "application/problem+json" in answer["content"], (path, method, status)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_the_document_is_cacheable(path: str) -> None:
    answer = web.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"

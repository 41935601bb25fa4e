"""Errors for programs and people, and the headers of every answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from comments.errors import StorageDown
from comments.site import Site
from comments.storage.interfaces import Storage
from service.web.security_headers import SECURITY_HEADERS
from tests.support.builders import a_site
from tests.support.markup import dangers, parse
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(id="demo"), a_site(), demo=True)


class UnavailableStore:
    """A store whose server does not respond."""

    def __getattr__(self, name: str) -> Callable[..., Site]:
        def refuse(*_: object, **__: object) -> Site:
            raise StorageDown("connection to 10.0.0.7 refused")

        return refuse


@pytest.mark.parametrize("path", ["/nothing", "/v1/sites/blog/nothing", "/v1", "/demo/%00", "/static/../deps.py"])
def test_an_unknown_address_is_404_for_programs_and_people(web: PublicApp, path: str) -> None:
    as_json, as_html = web.client.get(path), web.client.get(path, headers=HTML)
    assert as_json.status_code == as_html.status_code == 404
    assert as_json.mimetype == "application/problem+json"
    assert set(as_json.json) == {"type", "title", "status", "detail", "problems"}
    assert as_json.json["detail"] == "There is no page at this address."
    assert as_json.json["type"] == "about:blank", "as RFC 9457 asks for errors that say no more than their status"
    assert "There is no page at this address." in as_html.text
    assert as_html.mimetype == "text/html"
    assert dangers(parse(as_html.text)) == []


def test_a_wrong_method_is_answered_with_the_allowed_ones(web: PublicApp) -> None:
    answer = web.client.delete(SUBMIT)
    assert (answer.status_code, answer.json["status"]) == (405, 405)
    assert answer.json["detail"] == "This address does not accept this method."
    assert {"GET", "POST"} <= {method.strip() for method in answer.headers["Allow"].split(",")}


def test_storage_down_is_503_without_details(web: PublicApp, storage: Storage) -> None:
    unavailable = open_public_app(replace(storage, comments=UnavailableStore(), threads=UnavailableStore()), a_site())
    calls = (
        lambda **k: unavailable.client.post(SUBMIT, json=a_reply(), **k),
        lambda **k: unavailable.client.post(SUBMIT, data=a_reply(), **k),
        lambda **k: unavailable.client.get(f"{SUBMIT}?thread=x", **k),
    )
    for call in calls:
        for headers in ({}, HTML):
            answer = call(headers=headers)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert "10.0.0.7" not in answer.text
            assert answer.headers["Cache-Control"] == "no-store"


def test_a_fault_is_500_without_details(web: PublicApp) -> None:
    @web.app.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError("secret detail")

    web.app.testing = False
    for headers in ({}, HTML):
        answer = web.client.get("/fault", headers=headers)
        assert answer.status_code == 500
        assert "secret" not in answer.text


ROUTES = [
    "/",
    "/demo/",
    "/docs",
    "/openapi.json",
    "/sign-in",
    "/healthz",
    "/static/sites/site.css",
    f"{SUBMIT}?thread=x",
    "/x",
]


@pytest.mark.parametrize("path", ROUTES)
def test_every_answer_has_security_headers(web: PublicApp, path: str) -> None:
    for headers in ({}, HTML):
        answer = web.client.get(path, headers=headers)
        for name, value in SECURITY_HEADERS.items():
            if name == "Cache-Control":
                assert answer.headers.getlist(name)
            else:
                assert answer.headers.getlist(name) == [value], (path, name)
        assert "Strict-Transport-Security" not in answer.headers
        answer.close()


def test_https_deployments_send_strict_transport_security(storage: Storage) -> None:
    web = open_public_app(storage, public_url="https://comments.example")
    assert web.client.get("/docs").headers["Strict-Transport-Security"].startswith("max-age=")


def test_the_home_page_redirects(web: PublicApp, storage: Storage) -> None:
    assert web.client.get("/").headers["Location"] == "/demo/"
    assert open_public_app(storage).client.get("/").headers["Location"] == "/docs"


def test_the_api_page_lists_every_operation_with_own_assets_only(web: PublicApp) -> None:
    page = web.client.get("/docs", headers=HTML).text
    root = parse(page)
    assert dangers(root) == []
    for node in root.iter():
        for name in ("src", "href"):
            address = node.get(name, "") if isinstance(node.tag, str) else ""
            assert not address.startswith(("http:", "https:", "//")), address
    for path, methods in web.client.get("/openapi.json").json["paths"].items():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
        assert path in page
    ids = [node.get("id") for node in root.iter() if isinstance(node.tag, str) and node.get("id")]
    assert len(ids) == len(set(ids))
    targets = {a.get("href")[1:] for a in root.iter("a") if a.get("href", "").startswith("#")}
    assert targets <= set(ids)


@pytest.mark.parametrize("key", ["", "Bearer rgk_k1_wrong"])
def test_a_missing_or_wrong_key_has_the_type_of_the_documentation(web: PublicApp, key: str) -> None:
    answer = web.client.post("/v1/sites/blog/checks", json={"content": "x"}, headers={"Authorization": key})
    assert (answer.status_code, answer.json["type"]) == (401, "urn:replygate:sign-in-needed")

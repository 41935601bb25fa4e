"""Security headers: their policy, and one of each whatever a view sends."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from service.web.security_headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS, SecurityHeaders, framed_by
from tests.support.builders import a_site, settings


def directives(policy: str) -> dict[str, str]:
    """Return the sources of each directive. A browser ignores the second one of a name."""
    pairs = [directive.strip().partition(" ") for directive in policy.split(";")]
    assert len({name for name, _, _ in pairs}) == len(pairs), "no directive is repeated"
    return {name: sources for name, _, sources in pairs}


def test_pages_load_our_own_files_only_and_cannot_be_framed() -> None:
    assert directives(CONTENT_SECURITY_POLICY) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


@pytest.mark.parametrize(
    ("origins", "ancestors"),
    [
        ((), "'none'"),
        (("https://a.example",), "https://a.example"),
        (("https://a.example", "https://b.example"), "https://a.example https://b.example"),
    ],
)
def test_a_form_is_framed_by_pages_of_its_site_only(origins: tuple[str, ...], ancestors: str) -> None:
    policy = framed_by(a_site(origins=origins))["Content-Security-Policy"]
    assert directives(policy) == directives(CONTENT_SECURITY_POLICY) | {"frame-ancestors": ancestors}


@pytest.mark.parametrize("name", [*SECURITY_HEADERS, *(name.lower() for name in SECURITY_HEADERS)])
def test_a_header_of_the_view_replaces_the_usual_one(name: str) -> None:
    client = Client(SecurityHeaders(Response("", headers={name: "its own"}), settings()))
    headers = client.get("/").headers
    expected = SECURITY_HEADERS | {usual: "its own" for usual in SECURITY_HEADERS if usual.lower() == name.lower()}
    assert {usual: headers.getlist(usual) for usual in SECURITY_HEADERS} == {n: [v] for n, v in expected.items()}


@pytest.mark.parametrize("address", ["https://comments.example", "http://localhost"])
def test_strict_transport_is_asked_for_with_https_only(address: str) -> None:
    client = Client(SecurityHeaders(Response(""), settings(public_url=address)))
    expected = ["max-age=31536000"] if address.startswith("https") else []
    assert client.get("/").headers.getlist("Strict-Transport-Security") == expected

"""Origins are parsed from addresses and compared exactly."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from comments.errors import NotAllowed
from comments.origins import origin_of
from service.web.site_access import check_site_origin
from tests.support.builders import a_site, settings


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://blog.example/a?b#c", "https://blog.example"),
        ("HTTPS://Blog.Example:443/", "https://blog.example"),
        ("http://blog.example:8080", "http://blog.example:8080"),
        ("http://[::1]:80/", "http://[::1]"),
        ("javascript:alert(1)", ""),
        ("//blog.example", ""),
        ("/path", ""),
        ("https://", ""),
        ("https://[", ""),
        ("https://a:b/", ""),
        ("", ""),
    ],
)
def test_the_origin_of_an_address(address: str, origin: str) -> None:
    assert origin_of(address) == origin


def is_refused(origin: str) -> bool:
    asked = Request(EnvironBuilder("/", base_url="https://comments.example", headers={"Origin": origin}).get_environ())
    assert asked.headers["Origin"] == origin
    try:
        check_site_origin(a_site(), asked, settings(public_url="https://comments.example"))
    except NotAllowed:
        return True
    return False


@pytest.mark.parametrize("origin", ["https://blog.example", "https://comments.example"])
def test_pages_of_the_site_and_our_own_may_post(origin: str) -> None:
    assert not is_refused(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://blog.example",
        "https://blog.example:8443",
        "https://blog.example.",
        "https://blog.example/",
        "https://www.blog.example",
        "https://evilblog.example",
        "https://blog.example.evil.example",
        "https://BLOG.example",
        "https://blog.example evil",
        "*",
    ],
)
def test_similar_origins_may_not_post(origin: str) -> None:
    assert is_refused(origin)

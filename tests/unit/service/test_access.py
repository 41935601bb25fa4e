"""Origins: how they are found in addresses, and that nothing near one passes for it."""

import pytest
from flask import Flask, request

from comments.errors import NotAllowed
from comments.pseudonyms import Pseudonyms
from comments.storage.memory import open_memory
from service.access import origin_of, refuse_strangers
from service.deps import Deps
from tests.builders import NOW, SECRET, a_site, settings
from tests.integration.asked import Asked

app = Flask(__name__)
Deps(
    settings(public_url="https://comments.example"),
    open_memory(lambda: NOW),
    Asked(),
    Pseudonyms(SECRET),
    lambda: NOW,
).install(app)


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
    with app.test_request_context("/", base_url="https://comments.example", headers={"Origin": origin}):
        assert request.headers["Origin"] == origin
        try:
            refuse_strangers(a_site())
        except NotAllowed:
            return True
    return False


@pytest.mark.parametrize("origin", ["https://blog.example", "https://comments.example"])
def test_the_sites_pages_and_ours_may_post(origin: str) -> None:
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
def test_nothing_that_is_only_near_may(origin: str) -> None:
    assert is_refused(origin)

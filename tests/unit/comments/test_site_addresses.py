"""Addresses of websites as people type them, and ids of new sites."""

import pytest

from comments.errors import Invalid
from comments.setting_values import is_origin
from comments.site_addresses import corrected_origin, free_site_id


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("blog.example", "https://blog.example"),
        (" Blog.Example/about?x=1#top ", "https://blog.example"),
        ("http://blog.example:80/", "http://blog.example"),
        ("https://blog.example:8443", "https://blog.example:8443"),
        ("//www.blog.example", "https://www.blog.example"),
        ("localhost:4000", "http://localhost:4000"),
        ("127.0.0.1:8000/demo", "http://127.0.0.1:8000"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("me@blog.example", "https://blog.example"),
        ("[::1]:80", "http://[::1]"),
    ],
)
def test_an_address_becomes_the_origin_that_is_meant(typed: str, origin: str) -> None:
    assert corrected_origin(typed) == origin
    assert is_origin(origin)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "is missing"),
        ("blog", "for example https://blog.com"),
        ("htps://blog.example", "for example https://blog.example"),
        ("my blog.example", "for example https://blog.example"),
        ("*.blog.example", "for example https://blog.example"),
        ("https://", "for example https://blog.example"),
        ("blog.example:99999", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_corrected_gets_a_hint(typed: str, hint: str) -> None:
    with pytest.raises(Invalid) as error:
        corrected_origin(typed)
    assert hint in str(error.value)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("My Blog!", "my-blog"),
        ("Café Über", "cafe-uber"),
        ("ブログ", "blog-example"),
        ("Taken", "taken-2"),
        ("x" * 60, "x" * 40),
    ],
)
def test_the_id_comes_from_the_name_or_the_host_and_is_free(name: str, id: str) -> None:
    assert free_site_id(name, "https://www.blog.example", {"taken"}) == id

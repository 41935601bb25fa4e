"""Addresses that mean the same page are one thread."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.site import Site
from comments.thread_addresses import page_address, readable_address, thread_key, visible_length

SITE = Site(id="blog", name="Blog", created=datetime(2026, 1, 1, tzinfo=UTC))
EXACT = replace(SITE, same_page=())

#: Spellings of one address for each name, whatever the site's settings.
SAME_ALWAYS = {
    "https://blog.example/": (
        "https://blog.example",
        "HTTPS://Blog.EXAMPLE:443/",
        "https://blog.example./",
        "https://blog.example/?",
        "https://blog.example/#",
        "https://blog.example/#comments",
        "https://blog.example/a/..",
        "https://blog.example/./",
        "https://blog.example/%2e%2E/",
        "https://user:secret@blog.example/",
        "https:\\\\blog.example\\",
        "https:/blog.example",
        "https:blog.example/",
        "HTTPS:blog.example",
        "https:///blog.example",
        " https://blog.example\n",
        "ht\ntps://blog\t.example/",
        "https://blog.example/?utm_source=news&fbclid=x1",
        "https://blog.example/?UTM_Source=news",
        "https://blog.example/?utm%5Fsource=news",
    ),
    "https://blog.example/caf%C3%A9": (
        "https://blog.example/café",
        "https://blog.example/caf%c3%a9",
        "https://blog.example/cafe\u0301",
        "https://blog.example/cafe%CC%81",
        "https://blog.example/%63af%C3%A9",
    ),
    "https://xn--bcher-kva.example/": ("https://bücher.example", "https://BÜCHER.example/", "https://b%C3%BCcher.example"),
    "https://xn--e1afmkfd.xn--p1ai/": ("https://пример.рф", "https://ПРИМЕР.РФ/"),
    "https://blog.example/~ada/x-1": ("https://blog.example/%7Eada/x%2D1", "https://blog.example/%7eada/./x-1"),
    "https://blog.example/a%2Fb%3Fc": ("https://blog.example/a%2fb%3fc",),
    "https://blog.example/a%7Cb%5Bc%5D%20%25": ("https://blog.example/a|b[c] %",),
    "https://blog.example/?b=2&a=1": ("https://blog.example/?b=2&gclid=7&a=1&utm_medium=mail", "https://blog.example?b=2&&a=1"),
    "https://blog.example/?q=%C3%A9": ("https://blog.example/?q=é", "https://blog.example/?q=%c3%a9"),
    "https://blog.example/#!/posts/1": ("https://blog.example#!/posts/1",),
    "https://blog.example/#/posts/1": ("https://Blog.example/#/posts/1",),
    "https://127.0.0.1/": ("https://127.1", "https://0x7f.1/"),
    "https://[::1]/": ("https://[0:0::1]:443/",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "spelling"),
    [(name, spelling) for name, spellings in SAME_ALWAYS.items() for spelling in (name, *spellings)],
)
def test_every_spelling_of_an_address_names_one_thread(name: str, spelling: str) -> None:
    assert thread_key(spelling, EXACT) == name
    assert page_address(spelling, SITE) == name
    assert thread_key(spelling, SITE) == thread_key(name, SITE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://blog.example/a/b", "https://blog.example/a%2Fb"),
        ("https://blog.example/A", "https://blog.example/a"),
        ("https://blog.example/?a=1&b=2", "https://blog.example/?b=2&a=1"),
        ("https://blog.example/?q=a+b", "https://blog.example/?q=a%2Bb"),
        ("https://blog.example/?page=1", "https://blog.example/?page=2"),
        ("https://blog.example:8080/", "https://blog.example/"),
        ("http://blog.example:8080/", "https://blog.example:8080/"),
        ("https://blog.example/", "https://other.blog.example/"),
        ("https://blog.example/#!a", "https://blog.example/#!b"),
        ("https://blog.example/?utmost=1", "https://blog.example/"),
        ("https://www.com/", "https://com/"),
        ("https://blog.example/index.html.bak", "https://blog.example/.bak"),
        ("https://blog.example/myindex.html", "https://blog.example/"),
    ],
)
def test_addresses_of_different_pages_stay_apart(one: str, other: str) -> None:
    assert thread_key(one, SITE) != thread_key(other, SITE)
    assert thread_key(one, EXACT) != thread_key(other, EXACT)


@pytest.mark.parametrize(
    ("setting", "one", "other"),
    [
        ("scheme", "http://blog.example/a", "https://blog.example/a"),
        ("www", "https://www.blog.example/a", "https://blog.example/a"),
        ("slash", "https://blog.example/a/", "https://blog.example/a"),
        ("index", "https://blog.example/a/index.html", "https://blog.example/a/"),
        ("index", "https://blog.example/index.php?p=1", "https://blog.example/?p=1"),
    ],
)
def test_the_site_chooses_which_spellings_are_one_page(setting: Any, one: str, other: str) -> None:
    on = replace(SITE, same_page=(setting,))
    off = replace(SITE, same_page=tuple(other for other in SITE.same_page if other != setting))
    assert thread_key(one, on) == thread_key(other, on)
    assert thread_key(one, off) != thread_key(other, off)
    assert thread_key(one, SITE) == thread_key(other, SITE)


def test_the_site_adds_parameters_that_do_not_change_the_page() -> None:
    site = replace(SITE, ignored_parameters=("ref", "from_*"))
    assert thread_key("https://blog.example/?REF=x&id=7&from_mail=1", site) == "https://blog.example/?id=7"
    assert thread_key("https://blog.example/?ref=x&id=7", SITE) == "https://blog.example/?ref=x&id=7"


@pytest.mark.parametrize(
    "key", ["post-12", "Hello#World", "/2026/post/", "mailto:A@B.C", "urn:isbn:1", "https://[broken", "http:", "100%"]
)
def test_a_key_that_is_no_address_is_kept(key: str) -> None:
    assert thread_key(key, SITE) == thread_key(f" {key}\n", SITE) == page_address(key, SITE) == key


@pytest.mark.parametrize("origin", ["https://blog.example", "http://blog.example", "https://www.blog.example"])
@pytest.mark.parametrize(
    "text", ["//blog.example/x", r"\\Blog.example\x", "//www.blog.example/x/", " //blog.example/x#y"]
)
def test_an_address_without_a_scheme_is_on_the_sites_origin(origin: str, text: str) -> None:
    assert thread_key(text, replace(SITE, origins=(origin,))) == "https://blog.example/x"


def test_the_scheme_is_that_of_the_origin() -> None:
    site = replace(EXACT, origins=("http://blog.example", "https://both.example", "http://both.example"))
    assert thread_key("//blog.example/x", site) == "http://blog.example/x"
    assert thread_key("//both.example/x", site) == page_address("//both.example/x", site) == "https://both.example/x"


@pytest.mark.parametrize(
    "text", ["//other.example/x", "//blog.example.evil.example/x", "//blog.example:8080/", "//[x/", "//", "///a"]
)
def test_an_address_without_a_scheme_on_another_host_is_a_key(text: str) -> None:
    assert thread_key(text, replace(SITE, origins=("https://blog.example",))) == text


def test_links_keep_the_spelling_of_the_site() -> None:
    sent = "http://www.blog.example/a/index.html?utm_source=x#top"
    assert thread_key(sent, SITE) == "https://blog.example/a"
    assert page_address(sent, SITE) == "http://www.blog.example/a/index.html"


def test_characters_are_counted_as_people_see_them() -> None:
    start = "https://blog.example/"
    for letters in ("漢" * 62, "ก" * 72, "😀" * 30, "a b" * 5):
        assert visible_length(thread_key(start + letters, SITE)) == len(start + letters)
    assert visible_length("100%41") == len("100%41")


def test_people_read_letters_and_still_get_an_address_that_works() -> None:
    sent = "https://bücher.example:8080/café/漢字/a%2Fb%20c?q=%E2%80%AE%C2%A0"
    shown = "https://bücher.example:8080/café/漢字/a%2Fb%20c?q=%E2%80%AE%C2%A0"
    assert readable_address(thread_key(sent, SITE)) == shown
    assert thread_key(shown, SITE) == thread_key(sent, SITE)
    assert readable_address("https://blog.example/%FF%C3") == "https://blog.example/%FF%C3"
    assert readable_address("caf%C3%A9") == "caf%C3%A9"


SETTINGS = st.sets(st.sampled_from(SITE.same_page)).map(lambda same: replace(SITE, same_page=tuple(same)))
ADDRESSES = st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(["https://", "HTTP://", "http:\\", "https://www.", "https://blog.example/", "https://é.example"]),
    st.lists(
        st.sampled_from([*"/.?#&=:@[]%!+aeEmx0129 \t\\|é漢\u0301", "%C3%A9", "%cc%81", "%FF", "index.html", "www."])
    ).map("".join),
)


@given(ADDRESSES | st.text(), SETTINGS)
def test_normalizing_twice_changes_nothing(text: str, site: Site) -> None:
    once = thread_key(text, site)
    assert thread_key(once, site) == once
    assert thread_key(page_address(text, site), site) == once
    assert thread_key(readable_address(once), site) == once


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="/\\?#%."), min_size=1))
def test_encoded_and_plain_letters_agree(word: str) -> None:
    encoded = "".join(f"%{byte:02x}" for byte in word.encode())
    plain = thread_key(f"https://blog.example/x{word}x", SITE)
    assert thread_key(f"https://blog.example/x{encoded}x", SITE) == plain or any(c in "!$&'()*+,;=:@[]" for c in word)

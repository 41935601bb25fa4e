"""Addresses in comments: they stay whole, and become links."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.addresses_in_text import addresses_in
from comments.markdown import REL, html


def shown_text(written: str) -> str:
    tree = html5lib.parseFragment(html(written), namespaceHTMLElements=False)
    return "".join(tree.itertext()).strip()


def links_of(written: str) -> list[tuple[str, str]]:
    """Return the target and the text of each link."""
    tree = html5lib.parseFragment(html(written), namespaceHTMLElements=False)
    found = list(tree.iter("a"))
    assert all(link.get("rel") == REL for link in found)
    return [(link.get("href", ""), "".join(link.itertext())) for link in found]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com",
        "http://example.com:8080/a/b?c=d#e",
        "https://example.com/__init__.py",
        "https://example.com/_foo/bar_/",
        "https://example.com/?q=a*b*c",
        "https://example.com/a~~b~~c/**/d",
        "HTTPS://EXAMPLE.com/X",
        "https://en.wikipedia.org/wiki/Mercury_(planet)",
        "https://en.wikipedia.org/wiki/Schindler's_List",
        "https://example.com/a[1]/{b}",
    ],
)
def test_a_bare_address_is_a_link_with_every_character(address: str) -> None:
    target = address.replace("[1]/{b}", "%5B1%5D/%7Bb%7D")
    for before, after in (("", ""), ("see ", " now"), ("(", ")"), ("*", "*"), ("**", "**"), ("> ", "."), ("- ", "!?")):
        assert links_of(f"{before}{address}{after}") == [(target, address)]


@pytest.mark.parametrize(
    ("written", "links"),
    [
        ("www.example.com/_a_/b", [("https://www.example.com/_a_/b", "www.example.com/_a_/b")]),
        ("https://пример.рф/a_b_c.", [("https://xn--e1afmkfd.xn--p1ai/a_b_c", "https://пример.рф/a_b_c")]),
        ("見て、https://例え.jp。次", [("https://xn--r8jz45g.jp", "https://例え.jp")]),
        (r"https://example.com/a\_b\_c", [("https://example.com/a_b_c", "https://example.com/a_b_c")]),
        ("https://a.example,https://b.example", [("https://a.example,https://b.example",) * 2]),
        ("<https://example.com/__x__>", [("https://example.com/__x__",) * 2]),
        ("[https://a.example/__x__](https://b.example/__y__)", [
            ("https://b.example/__y__", "https://a.example/__x__ (b.example)"),
        ]),
        ("[www.a.example](https://b.example) www.c.example", [
            ("https://b.example", "www.a.example (b.example)"),
            ("https://www.c.example", "www.c.example"),
        ]),
        ("`https://example.com/__x__`", []),
        ("```\nhttps://example.com/__x__\n```", []),
        ("    https://example.com/__x__", []),
        ("https://", []),
        ("www.", []),
        ("xhttps://example.com", []),
        ("ada@www.example.com", []),
        ("https://user@example.com/", []),
        ("http://example.com:99999/", []),
        ("README.md and node.js", []),
    ],
)  # fmt: skip
def test_links(written: str, links: list[tuple[str, str]]) -> None:
    assert links_of(written) == links


@pytest.mark.parametrize("written", ["/_foo/bar_/", "?q=a*b*c", "example.com/__init__.py", "https://u@a.example/__x__"])
def test_an_address_without_a_link_stays_whole_too(written: str) -> None:
    for before, after in (("", ""), ("see ", " *now*")):
        assert shown_text(f"{before}{written}{after}") == f"{before}{written}{after.replace('*', '')}"
        assert links_of(f"{before}{written}{after}") == []


ADDRESS_PARTS = st.sampled_from(
    [
        "https://",
        "www.",
        "example.com",
        "/",
        "_a_",
        "*b*",
        "?q=",
        "(",
        ")",
        " ",
        "\n",
        ".",
        "é",
        "~",
        "#",
        "\\",
        "c",
        "1",
    ]
)


@given(st.lists(ADDRESS_PARTS, max_size=30).map("".join))
def test_no_letter_of_an_address_is_lost(written: str) -> None:
    def letters(text: str) -> str:
        return "".join(c for c in text if c.isalnum())

    assert letters(shown_text(written)) == letters(written)


@given(st.sampled_from(["https://a.example/", "www.a.example/"]), st.text("ab_*~()[].,;:!?'-/&=%", max_size=30))
def test_one_address_has_at_most_one_link_and_loses_nothing_of_it(start: str, rest: str) -> None:
    links = links_of(start + rest)
    assert len(links) <= 1
    assert all((start + rest).startswith(text) for _, text in links)


def test_many_addresses_cost_no_more_than_their_length() -> None:
    for piece in ("https://a.example/x ", "www.a.example ", "/a ", "https://", "a.a.a.", "(https://a.example/("):
        assert html(piece * 500)


@pytest.mark.parametrize(
    "address",
    [
        "https://docs.example/a/__init__",
        "https://example.com/_foo_",
        "https://ja.example/wiki/X_",
        "https://例え.jp/__x__",
        "ftp://example.com/_a_",
        "git+ssh://example.com/_a_/*b*c",
    ],
)
@pytest.mark.parametrize("around", ["{}", "See _this_: {}.", "({})", "{} and _more_", "*{}*"])
def test_underscores_at_the_end_belong_to_the_address(address: str, around: str) -> None:
    found = [a.text for a in addresses_in(around.format(address))]
    assert found == [address]
    page = html(around.format(address))
    assert address in page


@pytest.mark.parametrize(
    "text", ["_https://example.com/a_", "_see https://example.com/a_", "__https://example.com/a__."]
)
def test_underscores_that_end_emphasis_do_not(text: str) -> None:
    assert [a.text for a in addresses_in(text)] == ["https://example.com/a"]
    assert "</a></" in html(text)

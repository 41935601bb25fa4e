"""Links are found where a browser would follow one, and not in plain prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.hosts import domains_of
from workers.text.links import Link, ipv4, is_bare, links


def hosts(text: str) -> list[str]:
    return [link.host for link in links(text)]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("see http://shop.example/x", "shop.example"),
        ("HTTPS://SHOP.EXAMPLE.", "shop.example"),
        ("http:\\\\shop.example", "shop.example"),
        ("https:shop.example", "shop.example"),
        ("https:////shop.example", "shop.example"),
        ("hxxp://shop.example", "shop.example"),
        ("http://bank.example@shop.example:8080/login", "shop.example"),
        ("http://shop%2eexample/", "shop.example"),
        ("http://ｓｈｏｐ．example/", "shop.example"),
        ("http://shop。example/", "shop.example"),
        ("http://sh\u200bop.example", "shop.example"),
        ("http&#58;//shop.example", "shop.example"),
        ("(www.shop.example)", "www.shop.example"),
        ("[cheap](//shop.example/x)", "shop.example"),
        ("[cheap](http://shop.example/x)", "shop.example"),
        ("<a href='//shop.example'>cheap</a>", "shop.example"),
        ('<a href="http://shop.example">http://shop.example</a>', "shop.example"),
        ("buy at shop.com now", "shop.com"),
        ("buy at SHOP.CO.UK/now", "shop.co.uk"),
        ("shop [dot] com", "shop.com"),
        ("shop(.)com", "shop.com"),
        ("shop .com", "shop.com"),
        ("SHOP。com", "shop.com"),
        ("http://[::1]/", "[::1]"),
    ],
)
def test_a_link_is_found(text, host):
    assert hosts(text) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "That is all.It was late.So we left.",
        "e.g. the U.S.A., i.e. version 1.2.3 at 3.14 a.m.",
        "edit README.md, main.py or node.js",
        "write to ada@shop.com",
        "http:// or https://",
        "either/or, and//or",
        "dot dot dot",
        "drag com.x.dmg or com.example.viewer.app to the bin",
        "chec.k ou.t mon.ey for fr.ee no.w",
        "use .net or .NET, and C++ .",
    ],
)
def test_prose_holds_no_link(text):
    assert hosts(text) == []


def test_every_link_counts_and_order_is_kept():
    assert hosts("http://b.example http://a.example http://b.example") == ["b.example", "a.example", "b.example"]
    assert hosts("[x](http://b.example)[y](http://a.example)") == ["b.example", "a.example"]


@pytest.mark.parametrize(
    "host",
    ["192.168.1.1", "3232235777", "0xc0a80101", "0xC0.0xA8.1.1", "0300.0250.01.01", "192.168.257", "192.11010305"],
)
def test_an_address_in_numbers_is_known_in_every_form(host):
    assert links(f"http://{host}/x") == (Link("192.168.1.1", raw_address=True),)


@pytest.mark.parametrize("host", ["999.1.1.1", "1.2.3.4.5", "256.256.256.256", "4294967296", "08.1.1.1", "1..2", "a1"])
def test_what_only_looks_like_an_address_in_numbers_is_a_name(host):
    assert ipv4(host) == ""


@pytest.mark.parametrize("host", ["münchen.de", "xn--mnchen-3ya.de", "MÜNCHEN.de"])
def test_an_international_name_is_known_in_either_form(host):
    assert links(f"http://{host}/") == (Link("xn--mnchen-3ya.de", international=True),)


def test_a_link_knows_what_follows_its_host() -> None:
    assert [link.path for link in links("http://a.example:80/b?c=1, shop.com/x. https://b.example")] == [
        "/b?c=1",
        "/x",
        "",
    ]


@pytest.mark.parametrize(
    ("host", "owned"),
    [
        ("a.b.shop.com", ["a.b.shop.com", "b.shop.com", "shop.com"]),
        ("www.shop.co.uk", ["www.shop.co.uk", "shop.co.uk"]),
        ("shop.com.au", ["shop.com.au"]),
        ("co.uk", ["co.uk"]),
        ("localhost", ["localhost"]),
        ("192.168.1.1", ["192.168.1.1"]),
        ("[::1]", ["[::1]"]),
        ("[::ffff:1.2.3.4]", ["[::ffff:1.2.3.4]"]),
    ],
)
def test_the_domains_of_a_host_are_those_that_somebody_can_own(host: str, owned: list[str]) -> None:
    assert list(domains_of(host)) == owned


def test_shorteners_are_known():
    assert [link.shortened for link in links("http://bit.ly/x https://www.tinyurl.com/y http://orbit.ly/z")] == [
        True,
        True,
        False,
    ]


def test_words_beside_links_are_counted() -> None:
    assert is_bare("look: http://shop.example/x (cheap) ...", 3)
    assert not is_bare("look: http://shop.example/x (cheap) here", 3)


@given(st.text(alphabet="htps:/\\.@[]()%0x1a&#; wé。\u200b", max_size=40))
def test_no_text_breaks_the_finding_of_links(text):
    assert all(link.host == link.host.lower() and link.host for link in links(text))

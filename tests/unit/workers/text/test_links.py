"""Links are found if a browser would follow them, and not in plain prose."""

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.links import Link, has_fewer_words_than, hosts_named, ipv4, links


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
def test_prose_contains_no_link(text):
    assert hosts(text) == []


def test_all_links_are_found_in_order():
    assert hosts("http://b.example http://a.example http://b.example") == ["b.example", "a.example", "b.example"]
    assert hosts("[x](http://b.example)[y](http://a.example)") == ["b.example", "a.example"]


@pytest.mark.parametrize(
    "host",
    ["192.168.1.1", "3232235777", "0xc0a80101", "0xC0.0xA8.1.1", "0300.0250.01.01", "192.168.257", "192.11010305"],
)
def test_numeric_hosts_are_recognized_in_every_form(host):
    assert links(f"http://{host}/x") == (Link("192.168.1.1", raw_address=True),)


@pytest.mark.parametrize("host", ["999.1.1.1", "1.2.3.4.5", "256.256.256.256", "4294967296", "08.1.1.1", "1..2", "a1"])
def test_similar_names_are_no_numeric_hosts(host):
    assert ipv4(host) == ""


@pytest.mark.parametrize("host", ["münchen.de", "xn--mnchen-3ya.de", "MÜNCHEN.de"])
def test_an_international_name_is_recognized_in_both_forms(host):
    assert links(f"http://{host}/") == (Link("xn--mnchen-3ya.de", international=True),)


def test_a_link_has_its_path() -> None:
    assert [link.path for link in links("http://a.example:80/b?c=1, shop.com/x. https://b.example")] == [
        "/b?c=1",
        "/x",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Great deals on meds and games: pills.de casino.de loans.de slots.de",
            ["pills.de", "casino.de", "loans.de", "slots.de"],
        ),
        ("pills.de casino.fr", ["pills.de", "casino.fr"]),
        ("pills.de,casino.ru;loans.cn", ["pills.de", "casino.ru", "loans.cn"]),
        ('(pills.de) «casino.fr» "loans.es" *slots.nl*', ["pills.de", "casino.fr", "loans.es", "slots.nl"]),
        ("_pills.de_ and -casino.fr-", ["pills.de", "casino.fr"]),
        ("wait...pills.de! casino.fr?", ["pills.de", "casino.fr"]),
        ("pills.cyou casino.gmbh", ["pills.cyou", "casino.gmbh"]),
        ("казино.рф", ["казино.рф"]),
        ("играй на казино.рф ставки.рф", ["казино.рф", "ставки.рф"]),
        ("visit pills.xn--p1ai", ["pills.xn--p1ai"]),
        ("वेबसाइट.भारत", ["वेबसाइट.भारत"]),
        ("请访问pills.com购买", ["pills.com"]),
        ("こちらはpills.deです", ["pills.de"]),
        ("지금 pills.com에서 casino.de로", ["pills.com", "casino.de"]),
    ],
)
def test_bare_hosts_are_found_under_every_top_level_domain(text: str, found: list[str]) -> None:
    assert hosts(text) == [idna.encode(host).decode() for host in found]


def test_many_bare_hosts_are_all_found() -> None:
    names = [f"shop{n}.de" for n in range(200)]
    assert hosts(" ".join(names)) == names


@pytest.mark.parametrize(
    "text",
    [
        "readme.md main.rs setup.py node.js script.sh update.zip",
        "it works.So we left it.Now what.You know.How nice",
        "1.2.3 and 12.5.mm and v2.0.rc1",
        "mail john.de@example.com or pills.info@example.com",
        "e.g.that or i.e.this",
        "routes.map window.open Major.Minor.Build System.Windows",
        "приехала мама и дети.Москва спит",
    ],
)
def test_file_names_code_and_missing_spaces_are_no_links(text: str) -> None:
    assert hosts(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pills.de casino.it", ["pills.de"]),
        ("pills.de casino.no", ["pills.de"]),
        ("Great deals: pills.de casino.it loans.de slots.pl", ["pills.de", "loans.de"]),
        ("pills.ch readme.md", ["pills.ch"]),
        ("pills.de go.to", ["pills.de"]),
        ("pills.de main.js index.html", ["pills.de"]),
        ("pills.de all.you what.now", ["pills.de"]),
        ("pills.de great.stuff", ["pills.de"]),
        ("meds pills.de casino.de e.g.this i.e.that", ["pills.de", "casino.de"]),
        ("pills.de casino.de v.i.a.g.r.a", ["pills.de", "casino.de"]),
    ],
)
def test_other_words_with_dots_do_not_hide_a_bare_host(text: str, found: list[str]) -> None:
    assert hosts(text) == found
    assert not [link for link in links(text) if link.in_training]


@pytest.mark.parametrize("text", ["v.iag.ra ca.si.no", "chec.k ou.t fr.ee", "che.ap pil.lz at shop.ru no.wz"])
def test_words_with_dots_inside_are_no_links(text: str) -> None:
    assert hosts(text) == []


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Great deals at pills.it for you my friends now", "pills.it"),
        ("look at PILLS.pl!", "pills.pl"),
        ("edit readme.md", "readme.md"),
        ("pills.zip", "pills.zip"),
        ("wait...pills.be", "pills.be"),
        ("请访问pills.it购买", "pills.it"),
        ("bücher.at", "xn--bcher-kva.at"),
        ("pills。it", "pills.it"),
        ("pills[.]it", "pills.it"),
    ],
)
def test_a_rule_finds_a_bare_host_under_any_top_level_domain(text: str, host: str) -> None:
    assert hosts(text) == []
    assert hosts_named(text) == (host,)


@pytest.mark.parametrize("text", ["main.js", "mail ada@pills.it or pills.it@mail.example", "1.2.3 and 3.14", "a. b"])
def test_a_rule_finds_no_host_in_other_words(text: str) -> None:
    assert hosts_named(text) == ()


def test_dots_inside_words_do_not_hide_a_host_from_the_ban_list() -> None:
    text = "chec.k ou.t mon.ey at pills.de"
    assert hosts(text) == []
    assert "pills.de" in hosts_named(text)


def test_shorteners_are_recognized():
    assert [link.shortened for link in links("http://bit.ly/x https://www.tinyurl.com/y http://orbit.ly/z")] == [
        True,
        True,
        False,
    ]


def test_words_besides_links_are_counted() -> None:
    assert has_fewer_words_than("look: http://shop.example/x (cheap) ...", 3)
    assert not has_fewer_words_than("look: http://shop.example/x (cheap) here", 3)


@given(st.text(alphabet="htps:/\\.@[]()%0x1a&#; wé。\u200b", max_size=40))
def test_any_text_can_be_searched_for_links(text):
    assert all(link.host == link.host.lower() and link.host for link in links(text))

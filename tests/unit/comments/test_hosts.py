"""Domains belong to the owner who registered them under a public suffix."""

from pathlib import Path

import pytest
from publicsuffixlist import PSLFILE

from comments.hosts import (
    domains_covering,
    domains_of,
    is_bare_host,
    is_host,
    is_package_name,
    is_public_suffix,
    is_registry_suffix,
    is_under_top_level_domain,
)


def suffixes() -> list[str]:
    """Every rule of the bundled list, a wildcard with a label in its place; exceptions left out."""
    lines = Path(PSLFILE).read_text(encoding="utf-8").splitlines()
    rules = [line.split()[0].lower() for line in lines if line.strip() and not line.startswith("//")]
    excepted = {rule[1:] for rule in rules if rule.startswith("!")}
    written = [rule.replace("*", "any") for rule in rules if not rule.startswith("!")]
    return [rule for rule in written if rule not in excepted]


def test_the_whole_list_is_read() -> None:
    assert len(suffixes()) > 9000


@pytest.mark.parametrize("form", ["written", "punycode"])
def test_a_name_under_every_public_suffix_belongs_to_one_owner(form: str) -> None:
    listed = set(suffixes())
    wrong = []
    for suffix in listed:
        ending = suffix if form == "written" else suffix.encode("idna").decode()
        host = f"www.somebody.{ending}"
        if domains_of(host) != (host, f"somebody.{ending}") and f"somebody.{suffix}" not in listed:
            wrong.append((host, domains_of(host)))
    assert not [pair for pair in wrong if not _is_wildcard(pair[0], listed)]


def _is_wildcard(host: str, listed: set[str]) -> bool:
    """True if the name itself is a public suffix because of a wildcard, as any name below `ck` is."""
    return f"any.{host.partition('.')[2].partition('.')[2]}" in listed


def test_no_public_suffix_is_a_domain_above_another_name() -> None:
    listed = set(suffixes())
    for suffix in listed:
        above = domains_of(f"a.b.{suffix}")
        assert not [domain for domain in above[1:] if is_public_suffix(domain)], suffix


@pytest.mark.parametrize(
    ("host", "owned"),
    [
        ("a.b.shop.com", ["a.b.shop.com", "b.shop.com", "shop.com"]),
        ("www.shop.co.uk", ["www.shop.co.uk", "shop.co.uk"]),
        ("www.foo.github.io", ["www.foo.github.io", "foo.github.io"]),
        ("www.foo.blogspot.com", ["www.foo.blogspot.com", "foo.blogspot.com"]),
        ("www.city.kawasaki.jp", ["www.city.kawasaki.jp", "city.kawasaki.jp"]),
        ("shop.com.au", ["shop.com.au"]),
        ("co.uk", ["co.uk"]),
        ("github.io", ["github.io"]),
        ("www.shop.unheardof", ["www.shop.unheardof", "shop.unheardof"]),
        ("localhost", ["localhost"]),
        ("192.168.1.1", ["192.168.1.1"]),
        ("[::1]", ["[::1]"]),
        ("[::ffff:1.2.3.4]", ["[::ffff:1.2.3.4]"]),
        ("a..b", ["a..b"]),
    ],
)
def test_the_domains_of_a_host_have_the_same_owner(host: str, owned: list[str]) -> None:
    assert list(domains_of(host)) == owned


def test_a_rule_about_a_platform_covers_the_names_on_it() -> None:
    assert domains_covering("www.foo.github.io") == ("www.foo.github.io", "foo.github.io", "github.io")
    assert domains_covering("www.foo.co.uk") == ("www.foo.co.uk", "foo.co.uk")


@pytest.mark.parametrize("suffix", ["com", "co.uk", "github.io", "xn--p1ai", "рф"])
def test_a_public_suffix_is_recognized(suffix: str) -> None:
    assert is_public_suffix(suffix)
    assert not is_public_suffix(f"shop.{suffix}")


@pytest.mark.parametrize(
    ("host", "of_registry"),
    [("co.uk", True), ("com.au", True), ("blogspot.com", False), ("github.io", False), ("1.2.3.4", False)],
)
def test_the_suffix_of_a_registry_is_no_platform(host: str, of_registry: bool) -> None:
    assert is_registry_suffix(host) is of_registry


@pytest.mark.parametrize("top", ["it", "md", "zip", "com", "co.za", "xn--p1ai", "рф"])
def test_a_name_under_a_top_level_domain_is_recognized(top: str) -> None:
    assert is_under_top_level_domain(f"pills.{top}".split("."))
    assert not is_under_top_level_domain(["main", "js"])


def test_a_bare_host_is_recognized_under_every_top_level_domain_that_is_no_word() -> None:
    words = {"you", "now", "map", "zip", "it", "md", "py"}
    tops = {suffix.rpartition(".")[2] for suffix in suffixes()}
    found = {top for top in tops if is_bare_host(["pills", "co", top], "/x")}
    assert not tops - found
    assert not [word for word in words if is_bare_host(["pills", word], "")]


def test_a_package_name_is_recognized() -> None:
    assert is_package_name(["com", "example", "app"])
    assert not is_package_name(["example", "com"])


@pytest.mark.parametrize("word", ["shop.example", "foo.github.io", "pills.de", "xn--e1afmkfd.xn--p1ai", "www.shop.md"])
def test_a_host_is_recognized_in_a_search(word: str) -> None:
    assert is_host(word)


@pytest.mark.parametrize("word", ["readme.md", "main.rs", "word", "ada@shop.de", "update.zip"])
def test_a_file_name_is_searched_as_words(word: str) -> None:
    assert not is_host(word)

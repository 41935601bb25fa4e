"""Pseudonyms cannot be guessed without the key."""

import pytest

from comments.pseudonyms import Pseudonyms, digest, new_id

NAMES = Pseudonyms("one secret of at least 32 characters")


def test_ids_are_safe_in_addresses_and_never_repeat() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(id) == 26 and id.isascii() and id.isalnum() and id == id.lower() for id in ids)


def test_a_digest_depends_on_the_boundaries_of_its_parts() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a", "b") == digest("a", "b")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("2002:c000:201::1", "192.0.2.1", True),  # 6to4
        ("64:ff9b::c000:201", "192.0.2.1", True),  # NAT64
        ("2001:0:4136:e378:8000:63bf:3fff:fdfe", "192.0.2.1", True),  # Teredo
        ("::1", "::", True),
        ("::1", "0.0.0.1", False),
        ("fe80::1%eth0", "fe80::2%wlan0", True),
        ("10.0.0.1", "10.0.0.2", False),  # colleagues in an intranet have rate limits of their own
    ],
)
def test_an_origin_is_one_subscriber(one: str, other: str, same: bool) -> None:
    assert (NAMES.origin(one) == NAMES.origin(other)) is same


def test_wider_networks_of_ipv6_are_a_56_and_a_48() -> None:
    of_56, of_48 = NAMES.wider_networks("2001:db8:0:101::1")
    assert NAMES.wider_networks("2001:db8:0:1ff:2::3") == (of_56, of_48)
    assert NAMES.wider_networks("2001:db8:0:201::1") == (NAMES.wider_networks("2001:db8:0:200::")[0], of_48)
    assert NAMES.wider_networks("2001:db8:1:101::1")[1] != of_48
    assert len({of_56, of_48, NAMES.origin("2001:db8:0:101::1"), NAMES.wider_networks("2001:db8::")[0]}) == 4
    assert [NAMES.wider_networks(a) for a in ("192.0.2.1", "::ffff:192.0.2.1", "", "x")] == [("", "")] * 4


@pytest.mark.parametrize("address", ["", "unknown", "1.2.3", "<script>"])
def test_an_invalid_address_has_no_origin(address: str) -> None:
    assert NAMES.origin(address) == ""


def test_an_author_pseudonym_ignores_case_and_depends_on_the_key() -> None:
    assert NAMES.author(" Ada@Example.org ") == NAMES.author("ada@example.org") != ""
    assert NAMES.author("ada@example.org") != Pseudonyms("another secret").author("ada@example.org")
    assert NAMES.author(" ") == ""


def test_no_pseudonym_contains_its_input() -> None:
    assert "ada" not in NAMES.author("ada@example.org").lower()
    assert "192" not in NAMES.origin("192.0.2.1")


def test_a_receipt_is_valid_for_its_own_comment_only() -> None:
    receipt = NAMES.receipt("blog", "id")
    assert NAMES.is_receipt("blog", "id", receipt)
    for site, id, given in [
        ("other", "id", receipt),
        ("blog", "di", receipt),
        ("blog", "id", ""),
        ("blog", "id", "é\ud800"),
    ]:
        assert not NAMES.is_receipt(site, id, given)

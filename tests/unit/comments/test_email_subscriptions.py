"""Links in emails are valid for one author, one site and one purpose."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from comments.email_subscriptions import CONFIRMATION_LIFETIME, EmailLink, link_address, read_link
from comments.pseudonyms import Pseudonyms
from tests.support.builders import NOW, SECRET, a_comment

NAMES = Pseudonyms(SECRET)
COMMENT = a_comment(identity="aZ-_09aZ-_09")
HOME = "https://replies.example/"


def token(purpose: Literal["confirm", "stop"], names: Pseudonyms = NAMES) -> str:
    url = link_address(names, HOME, purpose, COMMENT, NOW)
    assert url.startswith(f"https://replies.example/notices/blog/{purpose}/")
    return url.rpartition("/")[2]


def test_a_link_carries_its_comment_author_and_expiry() -> None:
    until = round((NOW + CONFIRMATION_LIFETIME).timestamp())
    assert read_link(NAMES, "confirm", "blog", token("confirm")) == EmailLink(COMMENT.id, COMMENT.identity, until)
    assert read_link(NAMES, "stop", "blog", token("stop")) == EmailLink(COMMENT.id, COMMENT.identity)


def test_only_a_link_that_confirms_expires() -> None:
    confirm, stop = (
        read_link(NAMES, "confirm", "blog", token("confirm")),
        read_link(NAMES, "stop", "blog", token("stop")),
    )
    assert confirm
    assert stop
    late = NOW + CONFIRMATION_LIFETIME + timedelta(seconds=1)
    assert [confirm.is_expired(NOW + CONFIRMATION_LIFETIME - timedelta(seconds=1)), confirm.is_expired(late)] == [
        False,
        True,
    ]
    assert not stop.is_expired(NOW + timedelta(days=9999))


def test_a_link_is_for_one_purpose_on_one_site_of_one_deployment() -> None:
    assert read_link(NAMES, "confirm", "blog", token("stop")) is None
    assert read_link(NAMES, "stop", "shop", token("stop")) is None
    assert read_link(NAMES, "stop", "blog", token("stop", Pseudonyms("another " + SECRET))) is None


@pytest.mark.parametrize("part", range(4))
def test_no_part_of_a_link_can_be_changed(part: int) -> None:
    parts = token("confirm").split(".")
    other = ["b" * 26, "somebody", "ffffffff", "A" * 22]
    parts[part] = other[part]
    assert read_link(NAMES, "confirm", "blog", ".".join(parts)) is None


@pytest.mark.parametrize("text", ["", ".", "a.b.c.d", "é" * 80, "x" * 10_000])
def test_malformed_links_are_refused(text: str) -> None:
    assert read_link(NAMES, "stop", "blog", text) is None


def test_a_comment_without_an_email_gets_no_valid_link() -> None:
    url = link_address(NAMES, HOME, "stop", replace(COMMENT, identity=""), NOW)
    assert read_link(NAMES, "stop", "blog", url.rpartition("/")[2]) is None

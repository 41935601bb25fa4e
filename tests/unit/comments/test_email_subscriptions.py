"""Links in mails: good for exactly one author, one site and one purpose."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from comments.email_subscriptions import LASTS, Ticket, address, ticket
from comments.pseudonyms import Pseudonyms
from tests.support.builders import NOW, SECRET, a_comment

NAMES = Pseudonyms(SECRET)
COMMENT = a_comment(identity="aZ-_09aZ-_09")
HOME = "https://replies.example/"


def token(purpose: Literal["confirm", "stop"], names: Pseudonyms = NAMES) -> str:
    url = address(names, HOME, purpose, COMMENT, NOW)
    assert url.startswith(f"https://replies.example/notices/blog/{purpose}/")
    return url.rpartition("/")[2]


def test_a_link_says_what_it_is_for() -> None:
    until = round((NOW + LASTS).timestamp())
    assert ticket(NAMES, "confirm", "blog", token("confirm")) == Ticket(COMMENT.id, COMMENT.identity, until)
    assert ticket(NAMES, "stop", "blog", token("stop")) == Ticket(COMMENT.id, COMMENT.identity)


def test_only_a_link_that_confirms_expires() -> None:
    confirm, stop = ticket(NAMES, "confirm", "blog", token("confirm")), ticket(NAMES, "stop", "blog", token("stop"))
    assert confirm
    assert stop
    late = NOW + LASTS + timedelta(seconds=1)
    assert [confirm.expired(NOW + LASTS - timedelta(seconds=1)), confirm.expired(late)] == [False, True]
    assert not stop.expired(NOW + timedelta(days=9999))


def test_a_link_is_for_one_purpose_on_one_site_of_one_deployment() -> None:
    assert ticket(NAMES, "confirm", "blog", token("stop")) is None
    assert ticket(NAMES, "stop", "shop", token("stop")) is None
    assert ticket(NAMES, "stop", "blog", token("stop", Pseudonyms("another " + SECRET))) is None


@pytest.mark.parametrize("part", range(4))
def test_no_part_of_a_link_can_be_changed(part: int) -> None:
    parts = token("confirm").split(".")
    other = ["b" * 26, "somebody", "ffffffff", "A" * 22]
    parts[part] = other[part]
    assert ticket(NAMES, "confirm", "blog", ".".join(parts)) is None


@pytest.mark.parametrize("text", ["", ".", "a.b.c.d", "é" * 80, "x" * 10_000])
def test_anything_else_is_no_link(text: str) -> None:
    assert ticket(NAMES, "stop", "blog", text) is None


def test_a_comment_without_an_author_gets_none_that_works() -> None:
    url = address(NAMES, HOME, "stop", replace(COMMENT, identity=""), NOW)
    assert ticket(NAMES, "stop", "blog", url.rpartition("/")[2]) is None

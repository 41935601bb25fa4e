"""Store mail subscriptions: one confirmation request, and both answers."""

from collections.abc import Callable

import pytest

from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.subscriptions import ASK_AGAIN, ASK_AGAIN_AFTER_NO
from tests.support.builders import settings

WHO, ONE, TWO = "who", "one", "two"


def test_the_first_comment_reserves_the_request_and_keeps_it(storage: Storage) -> None:
    of = storage.subscriptions
    assert [of.reserve_request("blog", WHO, comment) for comment in (ONE, TWO, ONE)] == [True, False, True]
    assert of.reserve_request("blog", "somebody else", TWO)
    assert of.reserve_request("shop", WHO, TWO)


def test_no_author_gets_two_requests(storage: Storage) -> None:
    of = storage.subscriptions
    of.reserve_request("blog", WHO, ONE)
    of.request_sent("blog", WHO)
    assert not of.reserve_request("blog", WHO, ONE)
    assert not of.reserve_request("blog", WHO, TWO)


def test_a_cancelled_request_can_be_reserved_by_another_comment(storage: Storage) -> None:
    of = storage.subscriptions
    of.reserve_request("blog", WHO, ONE)
    of.cancel_request("blog", WHO, TWO)
    assert not of.reserve_request("blog", WHO, TWO)
    of.cancel_request("blog", WHO, ONE)
    assert of.reserve_request("blog", WHO, TWO)


def test_only_confirmed_authors_get_mail(storage: Storage) -> None:
    of = storage.subscriptions
    of.reserve_request("blog", WHO, ONE)
    of.request_sent("blog", WHO)
    assert not of.wants_mail("blog", WHO, ONE)
    of.confirm("blog", WHO)
    assert of.wants_mail("blog", WHO, ONE)
    assert not of.wants_mail("shop", WHO, ONE)
    assert not of.wants_mail("blog", "somebody else", ONE)


def test_confirmed_authors_get_no_request(storage: Storage) -> None:
    storage.subscriptions.confirm("blog", WHO)
    storage.subscriptions.confirm("blog", WHO)
    assert not storage.subscriptions.reserve_request("blog", WHO, ONE)


def test_an_author_has_unsubscribed_until_they_confirm_again(storage: Storage) -> None:
    of = storage.subscriptions
    of.reserve_request("blog", WHO, ONE)
    of.request_sent("blog", WHO)
    assert not of.has_unsubscribed("blog", WHO)
    of.unsubscribe("blog", WHO)
    assert (of.has_unsubscribed("blog", WHO), of.has_unsubscribed("shop", WHO)) == (True, False)
    assert not of.reserve_request("blog", WHO, TWO)
    of.confirm("blog", WHO)
    assert not of.has_unsubscribed("blog", WHO)


def test_unsubscribing_stops_mail_and_requests(storage: Storage) -> None:
    of = storage.subscriptions
    of.confirm("blog", WHO)
    of.unsubscribe("blog", WHO)
    of.unsubscribe("blog", WHO)
    assert not of.wants_mail("blog", WHO, ONE)
    assert not of.reserve_request("blog", WHO, ONE)
    of.confirm("blog", WHO)
    assert of.wants_mail("blog", WHO, ONE)


def test_muting_one_comment_keeps_mail_about_others(storage: Storage) -> None:
    of = storage.subscriptions
    of.confirm("blog", WHO)
    of.mute("blog", ONE)
    assert [of.wants_mail("blog", WHO, comment) for comment in (ONE, TWO)] == [False, True]


def test_notified_replies_are_remembered(storage: Storage) -> None:
    of = storage.subscriptions
    of.mark_notified("blog", ONE)
    seen = [of.was_notified("blog", ONE), of.was_notified("blog", TWO), of.was_notified("shop", ONE)]
    assert seen == [True, False, False]


@pytest.mark.parametrize("said_no", [False, True])
def test_authors_may_be_asked_again_after_a_week_or_a_month(
    said_no: bool, aging: tuple[Storage, Callable[[float], None]]
) -> None:
    storage, pass_by = aging
    of, seconds = storage.subscriptions, ASK_AGAIN_AFTER_NO if said_no else ASK_AGAIN
    of.reserve_request("blog", WHO, ONE)
    of.request_sent("blog", WHO)
    if said_no:
        of.unsubscribe("blog", WHO)
    pass_by(seconds - 1)
    assert not of.reserve_request("blog", WHO, TWO)
    pass_by(1)
    assert of.reserve_request("blog", WHO, TWO)


@pytest.mark.parametrize("said_no", [False, True])
def test_redis_forgets_by_itself(said_no: bool, redis_storage: Storage, valkey_url: str) -> None:
    of = redis_storage.subscriptions
    of.reserve_request("blog", WHO, ONE)
    of.request_sent("blog", WHO)
    if said_no:
        of.unsubscribe("blog", WHO)
    left = connect(settings(redis_url=valkey_url)).ttl("rg:{blog}:asked:who")
    assert abs(left - (ASK_AGAIN_AFTER_NO if said_no else ASK_AGAIN)) < 60

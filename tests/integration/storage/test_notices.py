"""Notices wait for each receiver until they are sent; one sorted set says who is due."""

from datetime import datetime, timedelta

from comments.storage.interfaces import Storage
from comments.storage.notices import NoticeItem, NoticeResult
from tests.support.builders import NOW

FIRST, SECOND = NoticeItem("review", "a", 1), NoticeItem("urgent", "b", 2)
LATER = NOW + timedelta(hours=1)


def add(storage: Storage, *items: NoticeItem, due: datetime = NOW) -> None:
    storage.notices.add("blog", "mail:Ines Ø", items, due, NOW)


def test_items_are_claimed_when_they_are_due_and_not_before(storage: Storage) -> None:
    add(storage, FIRST, due=LATER)
    assert not storage.notices.has_due(NOW)
    assert storage.notices.claim(NOW, 10) is None
    assert storage.notices.has_due(LATER)
    claim = storage.notices.claim(LATER, 10)
    assert claim
    assert (claim.site, claim.receiver, claim.items) == ("blog", "mail:Ines Ø", (FIRST,))


def test_an_item_that_is_added_twice_waits_once(storage: Storage) -> None:
    add(storage, FIRST)
    add(storage, FIRST, SECOND)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    assert set(claim.items) == {FIRST, SECOND}


def test_the_earlier_of_two_times_counts(storage: Storage) -> None:
    add(storage, FIRST, due=LATER)
    add(storage, SECOND, due=NOW)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    assert set(claim.items) == {FIRST, SECOND}


def test_only_one_sender_gets_a_receiver_even_if_more_is_added(storage: Storage) -> None:
    add(storage, FIRST)
    assert storage.notices.claim(NOW, 10)
    add(storage, SECOND)
    assert storage.notices.claim(NOW, 10) is None


def test_a_receiver_whose_sender_died_is_claimed_again_with_everything(storage: Storage) -> None:
    add(storage, FIRST)
    assert storage.notices.claim(NOW, 10)
    claim = storage.notices.claim(NOW + timedelta(seconds=11), 10)
    assert claim
    assert claim.items == (FIRST,)


def test_what_is_added_while_a_notice_is_sent_is_not_lost(storage: Storage) -> None:
    add(storage, FIRST)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    add(storage, SECOND)
    storage.notices.finish(claim, [FIRST], NOW)
    again = storage.notices.claim(NOW, 10)
    assert again
    assert again.items == (SECOND,)
    storage.notices.finish(again, [SECOND], NOW)
    assert not storage.notices.has_due(LATER)


def test_a_receiver_rests_after_a_failure_whatever_is_added(storage: Storage) -> None:
    add(storage, FIRST)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    storage.notices.finish(claim, [], LATER, failed=True)
    add(storage, SECOND)
    assert storage.notices.claim(NOW + timedelta(minutes=59), 10) is None
    again = storage.notices.claim(LATER, 10)
    assert again
    assert (again.attempts, len(again.items)) == (1, 2)


def test_a_lease_from_a_clock_that_ran_ahead_does_not_block(storage: Storage) -> None:
    future = NOW + timedelta(days=400)
    add(storage, FIRST)
    assert storage.notices.claim(future, 10)
    add(storage, SECOND)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    assert set(claim.items) == {FIRST, SECOND}


def test_nothing_is_left_of_a_forgotten_receiver(storage: Storage) -> None:
    add(storage, FIRST)
    storage.notices.forget("blog", "mail:Ines Ø")
    assert storage.notices.claim(LATER, 10) is None


def test_a_receiver_that_was_forgotten_and_comes_back_has_no_failures(storage: Storage) -> None:
    add(storage, FIRST)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    storage.notices.finish(claim, [], NOW, failed=True)
    storage.notices.forget("blog", "mail:Ines Ø")
    add(storage, SECOND)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    assert (claim.items, claim.attempts) == ((SECOND,), 0)


def test_the_last_result_and_the_counts_are_kept(storage: Storage) -> None:
    storage.notices.record_result("blog", "chat:a", NoticeResult(NOW, "timeout"))
    assert storage.notices.results("blog", ["chat:a", "chat:b"]) == [NoticeResult(NOW, "timeout"), None]
    for _ in range(2):
        storage.notices.count("blog", "email", "sent")
    assert storage.notices.figures() == {("blog", "email", "sent"): 2}


def test_a_notice_that_is_put_off_does_not_forget_earlier_failures(storage: Storage) -> None:
    add(storage, FIRST)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    storage.notices.finish(claim, [], NOW, failed=True)
    for _ in range(2):  # quiet hours, or the limit of an hour
        claim = storage.notices.claim(NOW, 10)
        assert claim
        assert claim.attempts == 1
        storage.notices.finish(claim, [], NOW)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    storage.notices.finish(claim, [FIRST], NOW)
    add(storage, SECOND)
    claim = storage.notices.claim(NOW, 10)
    assert claim
    assert claim.attempts == 0, "it was sent"

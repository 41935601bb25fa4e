"""SenderPool: each name once at a time, no more than there are threads, and nobody waits for them."""

from threading import Barrier, Event

import pytest

from tests.support.wait import wait_until
from workers.delivery.sender_pool import SenderPool


def test_a_name_that_is_out_is_not_sent_again() -> None:
    senders, go = SenderPool(2), Event()
    assert senders.start("a", lambda: go.wait(60) and None)
    assert not senders.start("a", lambda: None)
    go.set()
    wait_until(lambda: senders.start("a", lambda: None))
    senders.close()


def test_nothing_waits_in_line_when_all_threads_are_out() -> None:
    senders, go = SenderPool(2), Event()
    assert [senders.start(name, lambda: go.wait(60) and None) for name in "abc"] == [True, True, False]
    go.set()
    senders.close()


def test_extra_couriers_leave_half_of_the_threads_to_others() -> None:
    senders, go = SenderPool(4), Event()
    sent = [senders.start(name, lambda: go.wait(60) and None, low_priority=True) for name in "abc"]
    assert sent == [True, True, False]
    assert senders.start("d", lambda: None)
    go.set()
    senders.close()


def test_errands_run_side_by_side() -> None:
    senders, both = SenderPool(2), Barrier(2)
    for name in "ab":
        assert senders.start(name, lambda: both.wait(60) and None)
    senders.close()
    assert not both.broken


def test_after_closing_none_is_sent_and_those_out_have_come_back() -> None:
    senders, done = SenderPool(2), Event()
    senders.start("a", done.set)
    senders.close()
    assert done.is_set()
    assert not senders.start("b", lambda: None)


def test_one_that_fails_is_logged_and_frees_its_name(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    senders = SenderPool(1)
    senders.start("a", fails)
    wait_until(lambda: senders.start("a", lambda: None))
    senders.close()
    assert [type(record.exc_info[1]) for record in caplog.records if record.exc_info] == [ZeroDivisionError]

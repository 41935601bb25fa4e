"""SenderPool runs each name once at a time, on a limited number of threads, and never blocks the caller."""

from threading import Barrier, Event

import pytest

from tests.support.wait import wait_until
from workers.delivery.sender_pool import SenderPool


def test_a_running_task_is_not_started_again() -> None:
    senders, go = SenderPool(2), Event()
    assert senders.start("a", lambda: go.wait(60) and None)
    assert not senders.start("a", lambda: None)
    go.set()
    wait_until(lambda: senders.start("a", lambda: None))
    senders.close()


def test_no_task_waits_when_all_threads_are_busy() -> None:
    senders, go = SenderPool(2), Event()
    assert [senders.start(name, lambda: go.wait(60) and None) for name in "abc"] == [True, True, False]
    go.set()
    senders.close()


def test_low_priority_tasks_use_at_most_half_of_the_threads() -> None:
    senders, go = SenderPool(4), Event()
    sent = [senders.start(name, lambda: go.wait(60) and None, low_priority=True) for name in "abc"]
    assert sent == [True, True, False]
    assert senders.start("d", lambda: None)
    go.set()
    senders.close()


def test_tasks_run_at_the_same_time() -> None:
    senders, both = SenderPool(2), Barrier(2)
    for name in "ab":
        assert senders.start(name, lambda: both.wait(60) and None)
    senders.close()
    assert not both.broken


def test_closing_waits_for_running_tasks_and_starts_no_more() -> None:
    senders, done = SenderPool(2), Event()
    senders.start("a", done.set)
    senders.close()
    assert done.is_set()
    assert not senders.start("b", lambda: None)


def test_a_failed_task_is_logged_and_can_be_started_again(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    senders = SenderPool(1)
    senders.start("a", fails)
    wait_until(lambda: senders.start("a", lambda: None))
    senders.close()
    assert [type(record.exc_info[1]) for record in caplog.records if record.exc_info] == [ZeroDivisionError]

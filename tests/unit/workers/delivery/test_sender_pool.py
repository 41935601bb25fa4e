"""Couriers: each name once at a time, no more than there are threads, and nobody waits for them."""

from threading import Barrier, Event

import pytest

from tests.support.waiting import until
from workers.delivery.sender_pool import Couriers


def test_a_name_that_is_out_is_not_sent_again() -> None:
    couriers, go = Couriers(2), Event()
    assert couriers.send("a", lambda: go.wait(60) and None)
    assert not couriers.send("a", lambda: None)
    go.set()
    until(lambda: couriers.send("a", lambda: None))
    couriers.close()


def test_nothing_waits_in_line_when_all_threads_are_out() -> None:
    couriers, go = Couriers(2), Event()
    assert [couriers.send(name, lambda: go.wait(60) and None) for name in "abc"] == [True, True, False]
    go.set()
    couriers.close()


def test_extra_couriers_leave_half_of_the_threads_to_others() -> None:
    couriers, go = Couriers(4), Event()
    sent = [couriers.send(name, lambda: go.wait(60) and None, extra=True) for name in "abc"]
    assert sent == [True, True, False]
    assert couriers.send("d", lambda: None)
    go.set()
    couriers.close()


def test_errands_run_side_by_side() -> None:
    couriers, both = Couriers(2), Barrier(2)
    for name in "ab":
        assert couriers.send(name, lambda: both.wait(60) and None)
    couriers.close()
    assert not both.broken


def test_after_closing_none_is_sent_and_those_out_have_come_back() -> None:
    couriers, done = Couriers(2), Event()
    couriers.send("a", done.set)
    couriers.close()
    assert done.is_set()
    assert not couriers.send("b", lambda: None)


def test_one_that_fails_is_logged_and_frees_its_name(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    couriers = Couriers(1)
    couriers.send("a", fails)
    until(lambda: couriers.send("a", lambda: None))
    couriers.close()
    assert [type(record.exc_info[1]) for record in caplog.records if record.exc_info] == [ZeroDivisionError]

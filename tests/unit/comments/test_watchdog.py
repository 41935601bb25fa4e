"""Signs of life: processes that give none are frozen, all others are not, however many there are."""

import os
import threading

from comments.watchdog import NOTIFY_SOCKET, SignsOfLife, give_signs_of_life, ready_signal, sign_of_life
from tests.support.wait import wait_until


def test_a_process_that_gave_a_sign_once_and_then_none_is_frozen() -> None:
    with SignsOfLife() as signs:
        send = sign_of_life(signs.address)
        send()
        assert signs.frozen([os.getpid()], after=60) == []
        wait_until(lambda: signs.frozen([os.getpid()], after=0.2) == [os.getpid()], "it is frozen")
        send()
        wait_until(lambda: signs.frozen([os.getpid()], after=60) == [], "it runs again")


def test_a_process_that_never_gave_a_sign_is_not_watched() -> None:
    with SignsOfLife() as signs:
        assert signs.frozen([os.getpid()], after=0) == []


def test_no_sign_is_lost_when_many_arrive_between_two_looks() -> None:
    """The kernel keeps as few as ten datagrams for a socket that nobody reads."""
    with SignsOfLife(in_thread=True) as signs:
        send = sign_of_life(signs.address)
        for n in range(100):
            send()
            wait_until(lambda n=n: len(signs.arrived) > n, "it is received, although nobody looks")


def test_other_messages_are_ignored() -> None:
    with SignsOfLife() as signs:
        for message in (b"READY=1", b"WATCHDOG=1\nX_PID=many", b"\xff", b"WATCHDOG=1"):
            signs.arrived.append(message)
        assert signs.frozen([os.getpid()], after=0) == []


def test_a_listener_that_is_gone_is_no_error() -> None:
    with SignsOfLife() as signs:
        send = sign_of_life(signs.address)
    send()
    give_signs_of_life({})


def test_a_process_that_says_it_is_ready_waits_until_a_busy_listener_can_take_it() -> None:
    with SignsOfLife() as signs:
        for _ in range(1000):  # more than the kernel keeps
            sign_of_life(signs.address)()
        ready = threading.Thread(target=ready_signal({NOTIFY_SOCKET: signs.address}))
        ready.start()
        wait_until(lambda: signs.is_ready(os.getpid()), "the process is ready")
        ready.join()

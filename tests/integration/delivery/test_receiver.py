"""The tests' own receiver of webhooks: what it counts as a request."""

import socket
import threading

import pytest

from tests.support.receiver import OK, Receiver

WHOLE = b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


def _answer_to(sent: bytes, receiver: Receiver) -> bytes:
    with socket.create_connection(("127.0.0.1", receiver.port)) as sender:
        sender.sendall(sent)
        sender.shutdown(socket.SHUT_WR)
        return sender.recv(1024)


@pytest.mark.parametrize("length", [0, 5, 21, 30, WHOLE.index(b"\r\n\r\n") + 3, len(WHOLE) - 1])
def test_what_a_killed_sender_leaves_behind_is_no_request(length: int) -> None:
    failures: list[threading.ExceptHookArgs] = []
    before, threading.excepthook = threading.excepthook, failures.append
    try:
        with Receiver() as receiver:
            assert _answer_to(WHOLE[:length], receiver) == b""
            assert not receiver.requests
    finally:
        threading.excepthook = before
    assert not failures


def test_a_whole_request_is_answered_and_kept() -> None:
    with Receiver() as receiver:
        assert _answer_to(WHOLE, receiver) == OK
        assert [request.body for request in receiver.requests] == [b"body"]

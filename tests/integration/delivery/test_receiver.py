"""The webhook receiver of the tests records complete requests only."""

import socket
import threading

import pytest

from tests.support.receiver import OK, Receiver

COMPLETE = b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


def _response_to(sent: bytes, receiver: Receiver) -> bytes:
    with socket.create_connection(("127.0.0.1", receiver.port)) as sender:
        sender.sendall(sent)
        sender.shutdown(socket.SHUT_WR)
        return sender.recv(1024)


@pytest.mark.parametrize("length", [0, 5, 21, 30, COMPLETE.index(b"\r\n\r\n") + 3, len(COMPLETE) - 1])
def test_an_incomplete_request_is_not_recorded(length: int) -> None:
    failures: list[threading.ExceptHookArgs] = []
    before, threading.excepthook = threading.excepthook, failures.append
    try:
        with Receiver() as receiver:
            assert _response_to(COMPLETE[:length], receiver) == b""
            assert not receiver.requests
    finally:
        threading.excepthook = before
    assert not failures


def test_a_complete_request_is_answered_and_recorded() -> None:
    with Receiver() as receiver:
        assert _response_to(COMPLETE, receiver) == OK
        assert [request.body for request in receiver.requests] == [b"body"]

"""Callers of the benchmark of checks end in any case, and count what they get."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bench import callers
from bench.callers import NO_ANSWER, call
from bench.http_load import Request

REQUEST = Request("/check", {"Content-Type": "text/plain"}, ["body"] * 10_000)


@contextmanager
def server(respond: Callable[[socket.socket], object]) -> Iterator[int]:
    """Accept connections; `respond` is called with each in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as accepted:

        def accept() -> None:
            try:
                while True:
                    connection = accepted.enter_context(listening.accept()[0])
                    threading.Thread(target=respond, args=(connection,), daemon=True).start()
            except OSError:
                return  # the end of the test

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def responder(response: bytes) -> Callable[[socket.socket], None]:
    def respond(connection: socket.socket) -> None:
        while connection.recv(65_536):
            connection.sendall(response)

    return respond


def test_each_caller_gets_its_last_answer() -> None:
    with server(responder(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) as port:
        answers = call(port, REQUEST, 20, 0.1)
    assert set(answers.statuses) == {200}
    assert len(answers.waits) == answers.statuses[200] >= 20
    assert answers.percentile(0.5) <= answers.percentile(0.99)


def test_a_refused_caller_waits_before_it_asks_again() -> None:
    with server(responder(b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")) as port:
        answers = call(port, REQUEST, 5, 0.2)
    assert answers.statuses == {503: 5}
    assert answers.waits == []


def test_a_request_without_an_answer_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "PATIENCE", 0.2)
    with server(lambda connection: None) as port:
        assert call(port, REQUEST, 3, 0.1).statuses == {NO_ANSWER: 3}

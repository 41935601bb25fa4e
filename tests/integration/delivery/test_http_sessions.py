"""One connection for several requests: used while it lasts, never for another host, and checked again in time."""

import socket
from collections.abc import Iterator

import pytest

from comments.errors import NotSent
from tests.integration.delivery.test_guarded_http import PUBLIC, always_dial, resolves, trusting_context
from tests.support.receiver import OK, Receiver, says
from workers.delivery.address_guard import trusted_hosts
from workers.delivery.guarded_http import GuardedHTTP

SENT_TWICE = [b"one", b"two"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(keeps_connections=True) as listening:
        yield listening


def trusting(*receivers: Receiver, total: float = 60.0) -> GuardedHTTP:
    return GuardedHTTP(trusted_hosts(",".join(receiver.authority for receiver in receivers)), total=total)


def bodies(receiver: Receiver) -> list[bytes]:
    return [request.body for request in receiver.requests]


def test_requests_share_a_connection(receiver: Receiver) -> None:
    with trusting(receiver).session() as session:
        assert [session.post(receiver.url, {}, body) for body in SENT_TWICE] == [200, 200]
        assert session.exchange(receiver.url, {}, b"three").body == session.ask(receiver.url, {}, b"four")[1] == b"ok"
    assert (receiver.connections, bodies(receiver)) == (1, [*SENT_TWICE, b"three", b"four"])


def test_requests_share_a_connection_with_tls() -> None:
    with Receiver(tls=True, keeps_connections=True) as receiver:
        http = GuardedHTTP(resolve=resolves(PUBLIC, port=443), dial=always_dial(receiver), context=trusting_context())
        with http.session() as session:
            assert [session.post("https://hook.example/", {}, body) for body in SENT_TWICE] == [200, 200]
    assert (receiver.connections, bodies(receiver)) == (1, SENT_TWICE)


def test_a_single_request_closes_its_connection(receiver: Receiver) -> None:
    http = trusting(receiver)
    assert [http.post(receiver.url, {}, body) for body in SENT_TWICE] == [200, 200]
    assert receiver.connections == 2
    assert {request.headers["connection"] for request in receiver.requests} == {"close"}


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        OK.replace(b"1.1", b"1.0"),
        OK.replace(b"Length: 2", b"Length: 1"),  # with a byte after its end
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_receiver_that_closes_connections_gets_each_request_once(answer: bytes) -> None:
    with Receiver(says(answer)) as receiver, trusting(receiver).session() as session:
        assert [session.post(receiver.url, {}, body) for body in SENT_TWICE] == [200, 200]
    assert (receiver.connections, bodies(receiver)) == (2, SENT_TWICE)


def test_a_request_is_sent_again_if_a_kept_connection_closes_without_an_answer(receiver: Receiver) -> None:
    def close_the_first_connection(connection: socket.socket) -> None:
        if receiver.connections == 1 and len(receiver.requests) == 2:
            connection.shutdown(socket.SHUT_RDWR)
        else:
            connection.sendall(OK)

    receiver.behave = close_the_first_connection
    with trusting(receiver).session() as session:
        assert [session.post(receiver.url, {}, body) for body in SENT_TWICE] == [200, 200]
    assert (receiver.connections, bodies(receiver)) == (2, [b"one", b"two", b"two"])


@pytest.mark.parametrize(("part", "kind"), [(b"HTTP/1.1 ", "broken"), (b"", "timeout")])
def test_a_request_is_not_sent_again_after_a_part_of_an_answer_or_in_silence(
    receiver: Receiver, part: bytes, kind: str
) -> None:
    def answer_in_part(connection: socket.socket) -> None:
        connection.sendall(OK if len(receiver.requests) == 1 else part)
        if len(receiver.requests) == 2:
            connection.shutdown(socket.SHUT_RDWR) if part else receiver.stall(connection)

    receiver.behave = answer_in_part
    with trusting(receiver, total=1).session() as session:
        session.post(receiver.url, {}, b"one")
        with pytest.raises(NotSent) as error:
            session.post(receiver.url, {}, b"two")
    assert (error.value.kind, receiver.connections, bodies(receiver)) == (kind, 1, SENT_TWICE)


def test_each_request_gets_its_own_answer_after_interim_ones(receiver: Receiver) -> None:
    refused = b"HTTP/1.1 500 Failed\r\nContent-Length: 0\r\n\r\n"

    def answer_late(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        connection.sendall(refused if receiver.requests[-1].body == b"one" else OK)

    receiver.behave = answer_late
    with trusting(receiver).session() as session:
        assert [session.post(receiver.url, {}, body) for body in SENT_TWICE] == [500, 200]
        assert session.ask(receiver.url, {}, b"three") == (200, b"ok")
    assert (receiver.connections, bodies(receiver)) == (1, [*SENT_TWICE, b"three"])


def test_interim_answers_do_not_go_on_forever() -> None:
    endless = says(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 4_000)
    with Receiver(endless) as receiver, trusting(receiver).session() as session, pytest.raises(NotSent) as error:
        session.post(receiver.url, {}, b"{}")
    assert error.value.kind == "too big"


def test_a_connection_serves_no_other_host(receiver: Receiver) -> None:
    with Receiver() as other, trusting(receiver, other).session() as session:
        assert [session.post(each.url, {}, b"{}") for each in (receiver, other)] == [200, 200]
        assert (receiver.connections, other.connections) == (1, 1)


@pytest.mark.parametrize("seconds", [0, 1e-9])
def test_a_host_is_looked_up_and_checked_again_for_each_connection(seconds: float) -> None:
    resolved: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        resolved.append(host)
        address = PUBLIC if len(resolved) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with Receiver(tls=True, keeps_connections=True) as receiver:
        http = GuardedHTTP(resolve=resolve, dial=always_dial(receiver), context=trusting_context())
        with http.session(seconds) as session:
            assert session.post("https://hook.example/", {}, b"one") == 200
            with pytest.raises(NotSent) as error:
                session.post("https://hook.example/", {}, b"two")
    assert (error.value.kind, resolved, bodies(receiver)) == ("address", ["hook.example"] * 2, [b"one"])

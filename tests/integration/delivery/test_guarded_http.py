"""Outgoing HTTP on real sockets: it never reaches private addresses, and no receiver can stall it."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from comments.errors import NotSent
from tests.support.receiver import CERTIFICATE, OK, Receiver, says
from tests.unit.workers.delivery.test_address_guard import LOOPBACK, PRIVATE_NETWORKS
from workers.delivery.address_guard import trusted_hosts
from workers.delivery.guarded_http import GuardedHTTP
from workers.delivery.timed_socket import MAX_RESPONSE

#: A public address. The tests never connect to it.
PUBLIC = "93.184.216.34"
VECTORS = [network.split("/")[0] for network in PRIVATE_NETWORKS]
#: Addresses of this machine.
REACHING = ["127.0.0.1", "127.1.2.3", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1"]
#: Seconds. Without a time limit, the receivers would go on for half a minute or forever.
TOO_LONG = 20


@pytest.fixture
def private_receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def resolves(*addresses: str, port: int) -> Callable[..., list[tuple[Any, ...]]]:
    """Return a resolver that gives these addresses and this port for every name."""

    def answer(host: str, _: int, **__: object) -> list[tuple[Any, ...]]:
        return [(*_family(a), 6, "", (a, port, 0, 0) if ":" in a else (a, port)) for a in addresses]

    return answer


def _family(address: str) -> tuple[int, int]:
    return (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)


def always_dial(receiver: Receiver) -> Callable[..., socket.socket]:
    """Return a dial function that always connects to the receiver."""
    return lambda family, address, seconds: socket.create_connection(("127.0.0.1", receiver.port), seconds)


def trusting_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def error_kind(post: Callable[[], int]) -> str:
    with pytest.raises(NotSent) as error:
        post()
    return error.value.kind


@pytest.mark.parametrize("address", sorted({*VECTORS, *REACHING}))
def test_a_name_with_a_private_address_is_refused(private_receiver: Receiver, address: str) -> None:
    out = GuardedHTTP(resolve=resolves(address, port=private_receiver.port))
    assert error_kind(lambda: out.post("https://hook.example/", {}, b"{}")) == "address"
    assert private_receiver.connections == 0


def test_one_private_address_among_public_ones_is_refused(private_receiver: Receiver) -> None:
    for addresses in ((PUBLIC, "127.0.0.1"), ("127.0.0.1", PUBLIC), (PUBLIC, "2600::1", "::1")):
        out = GuardedHTTP(resolve=resolves(*addresses, port=private_receiver.port))
        assert error_kind(lambda out=out: out.post("https://hook.example/", {}, b"{}")) == "address"
    assert private_receiver.connections == 0


def test_a_trusted_host_is_reached(private_receiver: Receiver) -> None:
    """Without the address check, the receiver is reached. So the other tests can fail."""
    out = GuardedHTTP(trusted_hosts("hook.example"), resolves("127.0.0.1", port=private_receiver.port))
    assert out.post("http://hook.example/", {}, b"{}") == 200
    assert private_receiver.connections == 1


@pytest.mark.parametrize("host", [*LOOPBACK, "localhost", "ip6-localhost", "127.0.0.1.nip.io.invalid"])
def test_no_spelling_of_a_local_host_is_reached(private_receiver: Receiver, host: str) -> None:
    def resolve(name: str, port: int, **more: Any) -> list[Any]:
        found = socket.getaddrinfo(name, port, **more)
        return [(*rest, (address[0], private_receiver.port, *address[2:])) for *rest, address in found]

    for url in (
        f"https://{host}/",
        f"http://{host}:{private_receiver.port}/",
        f"https://{host}:{private_receiver.port}/",
    ):
        assert error_kind(lambda url=url: GuardedHTTP(resolve=resolve).post(url, {}, b"{}")) in ("address", "dns")
    assert private_receiver.connections == 0


def test_a_name_is_resolved_once_and_the_checked_address_is_used(private_receiver: Receiver) -> None:
    answers = iter([PUBLIC] + ["127.0.0.1"] * 20)
    resolved: list[str] = []
    dialled: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        resolved.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), private_receiver.port))]

    def dial(family: int, address: Any, seconds: float) -> socket.socket:
        dialled.append(address[0])
        raise ConnectionRefusedError

    out = GuardedHTTP(resolve=resolve, dial=dial)
    assert error_kind(lambda: out.post("https://hook.example/", {}, b"{}")) == "connect"
    for _ in range(10):
        assert error_kind(lambda: out.post("https://hook.example/", {}, b"{}")) == "address"
    assert (resolved, dialled, private_receiver.connections) == (["hook.example"] * 11, [PUBLIC], 0)


def test_tls_and_the_host_header_use_the_name() -> None:
    with Receiver(tls=True) as receiver:
        out = GuardedHTTP(resolve=resolves(PUBLIC, port=443), dial=always_dial(receiver), context=trusting_context())
        assert out.post("https://hook.example:8443/a?b=c", {"X-One": "1"}, b'{"a": 1}') == 200
    (request,) = receiver.requests
    assert request.line == "POST /a?b=c HTTP/1.1"
    assert (request.headers["host"], request.headers["x-one"]) == ("hook.example:8443", "1")
    assert request.body == b'{"a": 1}'


@pytest.mark.parametrize("url", ["https://other.example/", f"https://{PUBLIC}/"])
def test_a_certificate_for_another_name_is_refused(url: str) -> None:
    with Receiver(tls=True) as receiver:
        out = GuardedHTTP(resolve=resolves(PUBLIC, port=443), dial=always_dial(receiver), context=trusting_context())
        assert error_kind(lambda: out.post(url, {}, b"{}")) == "tls"
    assert receiver.requests == []


def test_an_untrusted_certificate_is_refused() -> None:
    with Receiver(tls=True) as receiver:
        out = GuardedHTTP(resolve=resolves(PUBLIC, port=443), dial=always_dial(receiver))
        assert error_kind(lambda: out.post("https://hook.example/", {}, b"{}")) == "tls"
    assert receiver.requests == []


def trusting_http(receiver: Receiver, total: float = 5.0) -> GuardedHTTP:
    return GuardedHTTP(trusted_hosts(receiver.authority), total=total)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_not_followed(private_receiver: Receiver, status: int) -> None:
    answer = f"HTTP/1.1 {status} Elsewhere\r\nLocation: {private_receiver.url}\r\nContent-Length: 0\r\n\r\n".encode()
    with Receiver(says(answer)) as receiver:
        assert trusting_http(receiver).post(receiver.url, {}, b"{}") == status
    assert private_receiver.connections == 0


def test_proxy_variables_are_ignored(private_receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, private_receiver.url)
    with Receiver() as receiver:
        assert trusting_http(receiver).post(receiver.url, {}, b"{}") == 200
    assert (receiver.connections, private_receiver.connections) == (1, 0)


def test_a_silent_receiver_times_out() -> None:
    with Receiver() as receiver:
        receiver.behave = receiver.stall
        start = time.monotonic()
        assert error_kind(lambda: trusting_http(receiver, 0.3).post(receiver.url, {}, b"{}")) == "timeout"
    assert time.monotonic() - start < TOO_LONG


def test_slow_bytes_do_not_extend_the_time_limit() -> None:
    with Receiver() as receiver:
        receiver.behave = receiver.drip
        start = time.monotonic()
        assert error_kind(lambda: trusting_http(receiver, 0.5).post(receiver.url, {}, b"{}")) == "timeout"
    assert time.monotonic() - start < TOO_LONG


def test_endless_headers_are_refused() -> None:
    with Receiver() as receiver:
        receiver.behave = lambda c: receiver.pour(c, b"HTTP/1.1 200 OK\r\n")
        assert error_kind(lambda: trusting_http(receiver).post(receiver.url, {}, b"{}")) in ("too big", "broken")


def test_endless_100_responses_are_refused() -> None:
    with Receiver(says(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000)) as receiver:
        assert error_kind(lambda: trusting_http(receiver).post(receiver.url, {}, b"{}")) == "too big"


@pytest.mark.parametrize("behavior", ["pour", "drip"])
def test_the_status_counts_even_if_the_body_never_ends(behavior: str) -> None:
    with Receiver() as receiver:
        receiver.behave = lambda c: getattr(receiver, behavior)(c, b"HTTP/1.1 202 Fine\r\n\r\n")
        start = time.monotonic()
        assert trusting_http(receiver, 0.5).post(receiver.url, {}, b"{}") == 202
    assert time.monotonic() - start < TOO_LONG


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"\x00" * 100,
        b"HTTP/1.1 200 OK\r\n" + b"x" * 70_000,
    ],
)
def test_a_malformed_response_is_an_error(answer: bytes) -> None:
    with Receiver(says(answer)) as receiver:
        assert error_kind(lambda: trusting_http(receiver).post(receiver.url, {}, b"{}")) in ("broken", "too big")


def test_a_closed_port_is_a_connection_error() -> None:
    with Receiver() as receiver:
        pass
    assert error_kind(lambda: trusting_http(receiver).post(receiver.url, {}, b"{}")) == "connect"


def test_a_name_without_addresses_is_a_dns_error() -> None:
    def nothing(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror("no such name")

    for resolve in (nothing, lambda *_, **__: []):
        assert error_kind(lambda r=resolve: GuardedHTTP(resolve=r).post("https://hook.example/", {}, b"{}")) == "dns"


#: Texts that must not get into a header: all kinds of line ends, NUL, and characters beyond Latin-1.
CRLF = (
    "a\r\nX: y", "a\nX: y", "a\rX: y", "a\r\n X: y", "a\n\tX: y", "\r\n", "\n", "a\0b", "a\x0bb", "a\x0cb", "a\x1cb",
    "a\x85b", "a\u2028b", "a\u2029b", "ĊčX", "嘊嘍X: y", "a\x7fb",
)  # fmt: skip


@pytest.mark.parametrize("text", CRLF)
def test_no_line_end_gets_into_a_header(text: str) -> None:
    with Receiver() as receiver:
        out = trusting_http(receiver)
        for headers in ({"X-One": text}, {text: "one"}):
            assert error_kind(lambda headers=headers: out.post(receiver.url, headers, b"{}")) == "header"
        assert error_kind(lambda: out.post(receiver.url + text, {}, b"{}")) == "address"
        assert error_kind(lambda: out.post(receiver.url + "?" + text, {}, b"{}")) == "address"
    assert receiver.connections == 0


def test_a_response_up_to_the_limit_is_read() -> None:
    body = b"x" * (MAX_RESPONSE - 200)
    with Receiver(says(OK.replace(b"2\r\n\r\nok", b"%d\r\n\r\n%s" % (len(body), body)))) as receiver:
        assert trusting_http(receiver).post(receiver.url, {}, b"x" * 200_000) == 200
    assert len(receiver.requests[0].body) == 200_000

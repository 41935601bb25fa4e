"""The way out, against real sockets: nothing on this machine is ever reached, and nobody can hold us up."""

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
from workers.delivery.guarded_http import MAX_RESPONSE, GuardedHTTP

#: Public, and never connected to here.
PUBLIC = "93.184.216.34"
VECTORS = [network.split("/")[0] for network in PRIVATE_NETWORKS]
#: Addresses that lead to this machine where nobody looks.
REACHING = ["127.0.0.1", "127.1.2.3", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1"]
#: Seconds; the receivers would go on for ever, or for half a minute.
TOO_LONG = 20


@pytest.fixture
def canary() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def resolves(*addresses: str, port: int) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that leads every name to these addresses, and to a port that we can listen on."""

    def answer(host: str, _: int, **__: object) -> list[tuple[Any, ...]]:
        return [(*_family(a), 6, "", (a, port, 0, 0) if ":" in a else (a, port)) for a in addresses]

    return answer


def _family(address: str) -> tuple[int, int]:
    return (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)


def leads_to(receiver: Receiver) -> Callable[..., socket.socket]:
    """Every connection ends at the receiver, wherever it was to go."""
    return lambda family, address, seconds: socket.create_connection(("127.0.0.1", receiver.port), seconds)


def our_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def kind_of(post: Callable[[], int]) -> str:
    with pytest.raises(NotSent) as error:
        post()
    return error.value.kind


@pytest.mark.parametrize("address", sorted({*VECTORS, *REACHING}))
def test_no_name_that_resolves_to_a_private_address_is_connected_to(canary: Receiver, address: str) -> None:
    out = GuardedHTTP(resolve=resolves(address, port=canary.port))
    assert kind_of(lambda: out.post("https://hook.example/", {}, b"{}")) == "address"
    assert canary.connections == 0


def test_one_private_address_among_public_ones_is_enough_to_refuse(canary: Receiver) -> None:
    for addresses in ((PUBLIC, "127.0.0.1"), ("127.0.0.1", PUBLIC), (PUBLIC, "2600::1", "::1")):
        out = GuardedHTTP(resolve=resolves(*addresses, port=canary.port))
        assert kind_of(lambda out=out: out.post("https://hook.example/", {}, b"{}")) == "address"
    assert canary.connections == 0


def test_the_canary_would_have_sung(canary: Receiver) -> None:
    """The same way without the check reaches it: so the zeros above mean something."""
    out = GuardedHTTP(trusted_hosts("hook.example"), resolves("127.0.0.1", port=canary.port))
    assert out.post("http://hook.example/", {}, b"{}") == 200
    assert canary.connections == 1


@pytest.mark.parametrize("host", [*LOOPBACK, "localhost", "ip6-localhost", "127.0.0.1.nip.io.invalid"])
def test_no_spelling_of_a_host_reaches_this_machine(canary: Receiver, host: str) -> None:
    def resolve(name: str, port: int, **more: Any) -> list[Any]:
        found = socket.getaddrinfo(name, port, **more)
        return [(*rest, (address[0], canary.port, *address[2:])) for *rest, address in found]

    for url in (f"https://{host}/", f"http://{host}:{canary.port}/", f"https://{host}:{canary.port}/"):
        assert kind_of(lambda url=url: GuardedHTTP(resolve=resolve).post(url, {}, b"{}")) in ("address", "dns")
    assert canary.connections == 0


def test_a_name_that_changes_its_address_is_resolved_once_and_connected_where_it_was_checked(canary: Receiver) -> None:
    answers = iter([PUBLIC] + ["127.0.0.1"] * 20)
    asked: list[str] = []
    dialled: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), canary.port))]

    def dial(family: int, address: Any, seconds: float) -> socket.socket:
        dialled.append(address[0])
        raise ConnectionRefusedError

    out = GuardedHTTP(resolve=resolve, dial=dial)
    assert kind_of(lambda: out.post("https://hook.example/", {}, b"{}")) == "connect"
    for _ in range(10):
        assert kind_of(lambda: out.post("https://hook.example/", {}, b"{}")) == "address"
    assert (asked, dialled, canary.connections) == (["hook.example"] * 11, [PUBLIC], 0)


def test_the_name_is_kept_for_tls_and_for_the_host_header() -> None:
    with Receiver(tls=True) as receiver:
        out = GuardedHTTP(resolve=resolves(PUBLIC, port=443), dial=leads_to(receiver), context=our_context())
        assert out.post("https://hook.example:8443/a?b=c", {"X-One": "1"}, b'{"a": 1}') == 200
    (request,) = receiver.requests
    assert request.line == "POST /a?b=c HTTP/1.1"
    assert (request.headers["host"], request.headers["x-one"]) == ("hook.example:8443", "1")
    assert request.body == b'{"a": 1}'


@pytest.mark.parametrize("url", ["https://other.example/", f"https://{PUBLIC}/"])
def test_a_certificate_for_another_name_is_refused(url: str) -> None:
    with Receiver(tls=True) as receiver:
        out = GuardedHTTP(resolve=resolves(PUBLIC, port=443), dial=leads_to(receiver), context=our_context())
        assert kind_of(lambda: out.post(url, {}, b"{}")) == "tls"
    assert receiver.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with Receiver(tls=True) as receiver:
        out = GuardedHTTP(resolve=resolves(PUBLIC, port=443), dial=leads_to(receiver))
        assert kind_of(lambda: out.post("https://hook.example/", {}, b"{}")) == "tls"
    assert receiver.requests == []


def trusting(receiver: Receiver, total: float = 5.0) -> GuardedHTTP:
    return GuardedHTTP(trusted_hosts(receiver.authority), total=total)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_this_machine_is_not_followed(canary: Receiver, status: int) -> None:
    answer = f"HTTP/1.1 {status} Elsewhere\r\nLocation: {canary.url}\r\nContent-Length: 0\r\n\r\n".encode()
    with Receiver(says(answer)) as receiver:
        assert trusting(receiver).post(receiver.url, {}, b"{}") == status
    assert canary.connections == 0


def test_the_environments_proxies_are_not_asked(canary: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    with Receiver() as receiver:
        assert trusting(receiver).post(receiver.url, {}, b"{}") == 200
    assert (receiver.connections, canary.connections) == (1, 0)


def test_a_silent_receiver_is_given_up() -> None:
    with Receiver() as receiver:
        receiver.behave = receiver.stall
        began = time.monotonic()
        assert kind_of(lambda: trusting(receiver, 0.3).post(receiver.url, {}, b"{}")) == "timeout"
    assert time.monotonic() - began < TOO_LONG


def test_bytes_that_drip_do_not_buy_time() -> None:
    with Receiver() as receiver:
        receiver.behave = receiver.drip
        began = time.monotonic()
        assert kind_of(lambda: trusting(receiver, 0.5).post(receiver.url, {}, b"{}")) == "timeout"
    assert time.monotonic() - began < TOO_LONG


def test_endless_headers_are_cut_off() -> None:
    with Receiver() as receiver:
        receiver.behave = lambda c: receiver.pour(c, b"HTTP/1.1 200 OK\r\n")
        assert kind_of(lambda: trusting(receiver).post(receiver.url, {}, b"{}")) in ("too big", "broken")


def test_endless_promises_to_go_on_are_cut_off() -> None:
    with Receiver(says(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000)) as receiver:
        assert kind_of(lambda: trusting(receiver).post(receiver.url, {}, b"{}")) == "too big"


@pytest.mark.parametrize("how", ["pour", "drip"])
def test_a_status_counts_whatever_body_follows(how: str) -> None:
    with Receiver() as receiver:
        receiver.behave = lambda c: getattr(receiver, how)(c, b"HTTP/1.1 202 Fine\r\n\r\n")
        began = time.monotonic()
        assert trusting(receiver, 0.5).post(receiver.url, {}, b"{}") == 202
    assert time.monotonic() - began < TOO_LONG


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
def test_what_is_no_answer_is_broken(answer: bytes) -> None:
    with Receiver(says(answer)) as receiver:
        assert kind_of(lambda: trusting(receiver).post(receiver.url, {}, b"{}")) in ("broken", "too big")


def test_a_receiver_that_is_not_there_is_said_to_be() -> None:
    with Receiver() as receiver:
        pass
    assert kind_of(lambda: trusting(receiver).post(receiver.url, {}, b"{}")) == "connect"


def test_a_name_without_addresses_is_said_to_be() -> None:
    def nothing(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror("no such name")

    for resolve in (nothing, lambda *_, **__: []):
        assert kind_of(lambda r=resolve: GuardedHTTP(resolve=r).post("https://hook.example/", {}, b"{}")) == "dns"


#: What may not get into a header: line ends in all their forms, NUL, and what is no Latin.
CRLF = (
    "a\r\nX: y", "a\nX: y", "a\rX: y", "a\r\n X: y", "a\n\tX: y", "\r\n", "\n", "a\0b", "a\x0bb", "a\x0cb", "a\x1cb",
    "a\x85b", "a\u2028b", "a\u2029b", "ĊčX", "嘊嘍X: y", "a\x7fb",
)  # fmt: skip


@pytest.mark.parametrize("text", CRLF)
def test_no_line_end_gets_into_a_header(text: str) -> None:
    with Receiver() as receiver:
        out = trusting(receiver)
        for headers in ({"X-One": text}, {text: "one"}):
            assert kind_of(lambda headers=headers: out.post(receiver.url, headers, b"{}")) == "header"
        assert kind_of(lambda: out.post(receiver.url + text, {}, b"{}")) == "address"
        assert kind_of(lambda: out.post(receiver.url + "?" + text, {}, b"{}")) == "address"
    assert receiver.connections == 0


def test_an_answer_up_to_the_limit_is_read() -> None:
    body = b"x" * (MAX_RESPONSE - 200)
    with Receiver(says(OK.replace(b"2\r\n\r\nok", b"%d\r\n\r\n%s" % (len(body), body)))) as receiver:
        assert trusting(receiver).post(receiver.url, {}, b"x" * 200_000) == 200
    assert len(receiver.requests[0].body) == 200_000

"""The running web server while Valkey is frozen, and with headers and streams that are meant to harm others."""

import json
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from comments.storage.redis import open_redis
from replygate.embedded_valkey import Embedded, start
from service.web.event_streams import MAX_PER_NETWORK
from tests.support.builders import a_site, published, settings
from tests.support.running_service import running_service
from tests.support.wait import wait_until

THREAD = "/v1/sites/blog/threads/first-post/comments"
EVENTS = "/v1/sites/blog/threads/first-post/events"
CLIENTS = 200


@pytest.fixture(scope="module")
def valkey() -> Iterator[Embedded]:
    with tempfile.TemporaryDirectory(prefix="rgf") as directory:
        server = start(Path(directory), fsync="everysec")
        storage = open_redis(settings(redis_url=server.url))
        storage.sites.put(a_site(per_minute=0))
        published(storage)
        yield server
        os.kill(server.process.pid, signal.SIGCONT)
        server.stop()


@pytest.fixture(scope="module")
def port(valkey: Embedded) -> Iterator[int]:
    with running_service(valkey.url, TRUSTED_PROXIES="1") as url:
        yield urlsplit(url).port or 0


def send(port: int, head: bytes) -> bytes:
    """Send the head of a request and return the whole response."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(head + b"Host: x\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: client.recv(65536), b""))


def get(port: int, path: str) -> tuple[int, float]:
    """Return the status of an answer, and the seconds until it came."""
    began = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status, time.monotonic() - began


def ask_many(port: int, thread: str) -> tuple[set[int], float, float]:
    """Ask for many new threads at once. Return their statuses, the 99th percentile of their seconds, and the most of a
    health check.
    """
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        asked = [pool.submit(get, port, f"/v1/sites/blog/threads/{thread}-{n}/comments") for n in range(2 * CLIENTS)]
        health = [get(port, "/healthz") for _ in range(20)]
        answers = [future.result() for future in asked]
    assert {status for status, _ in health} == {200}
    seconds = sorted(seconds for _, seconds in answers)
    return {status for status, _ in answers}, seconds[int(0.99 * len(seconds))], max(seconds for _, seconds in health)


def test_refusals_and_health_checks_are_quick_while_valkey_is_frozen(valkey: Embedded, port: int) -> None:
    """At most two seconds slower than answers with a running Valkey, which take longer on a busy machine."""
    assert get(port, THREAD)[0] == 200
    _, usual, usual_health = ask_many(port, "usual")
    os.kill(valkey.process.pid, signal.SIGSTOP)
    try:
        statuses, seconds, health = ask_many(port, "refused")
        assert statuses == {503}
        assert seconds < 2.0 + usual
        assert health < 2.0 + usual_health
        assert get(port, THREAD)[0] == 200, "a page that was read before is repeated"
        assert get(port, "/readyz")[0] == 503
    finally:
        os.kill(valkey.process.pid, signal.SIGCONT)
    wait_until(lambda: get(port, "/v1/sites/blog/threads/other/comments")[0] == 200, "all is well again")


def test_a_log_that_nothing_reads_stops_nothing(valkey: Embedded) -> None:
    """A pipe has 64 KiB, which are some hundred lines."""
    reading, writing = os.pipe()
    with running_service(valkey.url, log=writing) as url:
        port = urlsplit(url).port or 0
        os.set_blocking(writing, False)
        with suppress(BlockingIOError):
            while True:
                os.write(writing, bytes(4096))
        os.set_blocking(writing, True)
        get(port, THREAD)
        found = [get(port, path) for path in ("/healthz", THREAD, f"{THREAD}?limit=1") * 4]
    os.close(writing)
    os.close(reading)
    assert {status for status, _ in found} == {200}
    assert max(seconds for _, seconds in found) < 5


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For: é", "X-Forwarded-For: é, 192.0.2.1", "Idempotency-Key: é", "Replygate-User: é",
               "Cookie: theme=é", "Authorization: Bearer é", "Origin: https://é.example"],
)  # fmt: skip
def test_a_header_that_cannot_be_read_is_refused_by_name(port: int, header: str) -> None:
    answer = send(port, b"GET /healthz HTTP/1.1\r\n" + header.encode() + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in answer
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert [p["field"] for p in problem["problems"]] == [header.partition(":")[0].lower()]


def test_a_browser_with_an_odd_name_is_not_refused(port: int) -> None:
    assert send(port, b"GET /healthz HTTP/1.1\r\nUser-Agent: \xe9\r\nReferer: /\xe9\r\n").startswith(b"HTTP/1.1 200")


def test_streams_of_one_client_leave_room_for_everybody_else(port: int) -> None:
    with ExitStack() as stack:

        def open_stream(address: str) -> socket.socket:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            head = f"GET {EVENTS} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\nConnection: close\r\n\r\n"
            client.sendall(head.encode())
            return client

        first = open_stream("192.0.2.1")
        greedy = [open_stream("2001:db8::1") for _ in range(600)]
        ended = sum(is_ended(client) for client in greedy)
        assert ended == 600 - MAX_PER_NETWORK[0]
        neighbours = [open_stream(f"2001:db8:0:{n:x}::1") for n in range(1, 101)]
        assert sum(is_ended(client) for client in neighbours) == 100 - (MAX_PER_NETWORK[1] - MAX_PER_NETWORK[0])
        assert not is_ended(open_stream("198.51.100.7"))
        assert not is_ended(first)
        assert get(port, THREAD)[0] == 200


def is_ended(client: socket.socket) -> bool:
    """Read the first events. Return True if the server ended the stream with them."""
    received = b""
    while b"id: " not in received:
        piece = client.recv(65536)
        if not piece:
            return True
        received += piece
    return b"retry: 15000" in received

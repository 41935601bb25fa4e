"""A small, fast HTTP load generator: one process per keep-alive connection, one request at a time on each."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context

#: Returns the body of request number n of connection number c.
Body = Callable[[int, int], bytes]


def no_body(c: int, n: int) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Load:
    """POST if there is a body, otherwise GET. `headers` are extra header lines, each with its line end."""

    host: str
    port: int
    path: str
    body: Body = no_body
    content_type: str = "application/json"
    headers: str = ""
    connections: int = 8
    requests: int = 250  # per connection
    first: int = 0  # number of each connection's first request


@dataclass(slots=True)
class Report:
    """`seconds` is the time from the first request to the last response; `waits` are response times, sorted."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        return self.waits[min(len(self.waits) - 1, int(share * len(self.waits)))]


def send(load: Load) -> Report:
    """Send the requests. Raises ConnectionError if the server closes a connection."""
    with get_context("fork").Pool(load.connections) as pool:
        pool.map(_ready, range(load.connections))
        begun = time.perf_counter()
        parts = pool.starmap(_connection, ((load, c) for c in range(load.connections)), chunksize=1)
        seconds = time.perf_counter() - begun
    rows = [row for part in parts for row in part]
    return Report(seconds, Counter(status for status, _ in rows), sorted(wait for _, wait in rows))


def _ready(_: int) -> None:
    """Do nothing. The call returns once the process runs, so that its start is not measured."""


def _connection(load: Load, c: int) -> list[tuple[int, float]]:
    with closing(socket.create_connection((load.host, load.port))) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return list(_exchange(sock, load, c))


def _exchange(sock: socket.socket, load: Load, c: int) -> Iterator[tuple[int, float]]:
    for n in range(load.first, load.first + load.requests):
        body = load.body(c, n)
        entity = f"Content-Type: {load.content_type}\r\nContent-Length: {len(body)}\r\n" if body else ""
        method = "POST" if body else "GET"
        head = f"{method} {load.path} HTTP/1.1\r\nHost: {load.host}\r\n{entity}{load.headers}\r\n"
        begun = time.perf_counter()
        sock.sendall(head.encode() + body)
        yield _status(sock), time.perf_counter() - begun


def _status(sock: socket.socket) -> int:
    """Read a complete response and return its status."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(sock)
    head, _, body = answer.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        missing -= len(_more(sock))
    return int(head.split(b" ", 2)[1])


def _more(sock: socket.socket) -> bytes:
    received = sock.recv(65536)
    if not received:
        raise ConnectionError("the server closed the connection")
    return received

"""HTTP POST requests over one connection, for as long as it lasts and its address counts as checked."""

import contextlib
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Self

from comments.errors import Invalid, NotSent

from .address_guard import Target, target
from .timed_socket import TimedSocket

#: Seconds for which a connection is used. The next one looks the host up and checks its addresses again.
CONNECTION_SECONDS = 10.0
#: Lowest status of a final answer. Interim ones come before it (RFC 9110, section 15.2); http.client skips only 100.
FIRST_FINAL = 200
#: Errors of a connection that the receiver closed.
_CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)

#: Opens a checked connection, until a time of the monotonic clock. Raises NotSent.
OpenConnection = Callable[[Target, float], socket.socket]


@dataclass(frozen=True, slots=True)
class HTTPAnswer:
    """Answer of an API; an incomplete body is empty."""

    status: int
    retry_after: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Connection:
    sock: socket.socket
    secure: bool
    host: str
    port: int
    opened: float  # by the monotonic clock

    def serves(self, goal: Target, seconds: float) -> bool:
        """Return True if a request can use it. One that can be read before a request was closed by the receiver."""
        is_same = (self.secure, self.host, self.port) == (goal.secure, goal.host, goal.port)
        if not is_same or time.monotonic() >= self.opened + seconds:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)


class HTTPSession:
    """A context manager, for one thread. A request may take `total` seconds. A connection is used for `kept_seconds`,
    and with 0 for one request."""

    def __init__(
        self, open_connection: OpenConnection, trusted: frozenset[str], total: float, kept_seconds: float = 0
    ) -> None:
        self._open, self._trusted, self._total, self._kept_seconds = open_connection, trusted, total, kept_seconds
        self._kept: _Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._kept:
            self._kept.sock.close()

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send a request and return the status of the response. Its body is read up to a limit and ignored.

        Raises NotSent with the kind of failure.
        """
        with self._response(url, headers, body) as response:
            with contextlib.suppress(OSError, HTTPException, NotSent):
                response.read()
            return response.status

    def exchange(self, url: str, headers: Mapping[str, str], body: bytes) -> HTTPAnswer:
        """Send a request and return what an API answers. Raises NotSent without an answer."""
        with self._response(url, headers, body) as response:
            content = b""
            with contextlib.suppress(OSError, HTTPException, NotSent):
                content = response.read()
            return HTTPAnswer(response.status, response.headers.get("Retry-After", ""), content)

    def ask(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Send a request and return the status and the body of the response. Raises NotSent if it is not complete."""
        with self._response(url, headers, body) as response:
            try:
                return response.status, response.read()
            except TimeoutError as error:
                raise NotSent("timeout") from error
            except (OSError, HTTPException) as error:
                raise NotSent("broken") from error

    @contextlib.contextmanager
    def _response(self, url: str, headers: Mapping[str, str], body: bytes) -> Iterator[HTTPResponse]:
        """Send a request and yield the response, whose body is not read yet. Raises NotSent."""
        until = time.monotonic() + self._total
        try:
            goal = target(url, self._trusted)
        except Invalid as error:
            raise NotSent("address") from error
        if not all(value.isascii() and value.isprintable() for pair in headers.items() for value in pair):
            raise NotSent("header")
        connection, response = self._answered(goal, until, _request(goal, headers, body, self._kept_seconds > 0))
        try:
            yield response
            if self._kept_seconds and response.isclosed() and not response.will_close:
                self._kept = connection
        finally:
            response.close()
            if self._kept is not connection:
                connection.sock.close()

    def _answered(self, goal: Target, until: float, request: bytes) -> tuple[_Connection, HTTPResponse]:
        """Send a request and read the head of its response.

        A receiver may close a kept connection at any time. The request is then sent again on a new one, if there was
        no byte of a response.
        """
        kept, self._kept = self._kept, None
        if kept and kept.serves(goal, self._kept_seconds):
            with contextlib.suppress(*_CLOSED):
                return kept, _sent(kept.sock, until, request, is_kept=True)
        if kept:
            kept.sock.close()
        connection = _Connection(self._open(goal, until), goal.secure, goal.host, goal.port, time.monotonic())
        return connection, _sent(connection.sock, until, request)


def _request(goal: Target, headers: Mapping[str, str], body: bytes, keep: bool) -> bytes:
    every = {
        **headers,
        "Host": goal.authority,
        "Accept-Encoding": "identity",
        "Content-Length": str(len(body)),
        **({} if keep else {"Connection": "close"}),
    }
    lines = [f"POST {goal.path} HTTP/1.1", *(f"{name}: {value}" for name, value in every.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _sent(sock: socket.socket, until: float, request: bytes, is_kept: bool = False) -> HTTPResponse:
    """Send a request and return the response. After a failure the socket is closed.

    Raises one of _CLOSED if a kept connection was closed before it answered, and otherwise NotSent.
    """
    timed = TimedSocket(sock, until)
    try:
        timed.sendall(request)
        response = HTTPResponse(timed, method="POST")  # type: ignore[arg-type]  # it calls makefile only
        response.begin()
        while response.status < FIRST_FINAL:
            response.headers = None  # type: ignore[assignment]  # it then reads another head
            response.begin()
        return response
    except (OSError, HTTPException, NotSent) as error:
        sock.close()
        if isinstance(error, NotSent) or (is_kept and isinstance(error, _CLOSED) and not timed.has_received):
            raise
        raise NotSent("timeout" if isinstance(error, TimeoutError) else "broken") from error

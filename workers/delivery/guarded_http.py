"""Send HTTP POST requests to configured addresses, restricted to the public internet (protection against SSRF).

The host is resolved once, all its addresses are checked, and the connection goes to a checked address, so a DNS reply
that changes later has no effect. Redirects are not followed, and proxy settings of the environment are ignored.
"""

import contextlib
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from comments.errors import Fault, Invalid, NotSent

from .address_guard import Target, is_public, target

#: Seconds to connect, without TLS, and for everything from the DNS query to the response's status.
CONNECT_TIMEOUT, TOTAL_TIMEOUT = 3.0, 5.0
#: Bytes of a response that are read, headers included.
MAX_RESPONSE = 64 * 1024
#: Addresses of one host that are tried.
MAX_ADDRESSES = 3
#: Bytes sent at once, so that the time-out is checked in between.
SEND_CHUNK = 16 * 1024

Resolve = Callable[..., list[tuple[Any, ...]]]
#: Opens a connection from a family, a socket address and a time-out in seconds. Raises OSError.
Dial = Callable[[int, Any, float], socket.socket]


def dial(family: int, address: Any, seconds: float) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


@dataclass(frozen=True, slots=True)
class HTTPAnswer:
    """Answer of an API; an incomplete body is empty."""

    status: int
    retry_after: str
    body: bytes


class GuardedHTTP:
    """Thread-safe. `resolve` has the signature of socket.getaddrinfo; `total` is in seconds."""

    def __init__(
        self,
        trusted: frozenset[str] = frozenset(),
        resolve: Resolve = socket.getaddrinfo,
        dial: Dial = dial,
        context: ssl.SSLContext | None = None,
        total: float = TOTAL_TIMEOUT,
    ) -> None:
        self._trusted, self._resolve, self._dial, self._total = trusted, resolve, dial, total
        self._context = context

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
        with closing(self._open(goal, until)) as sock, closing(_sent(sock, until, goal, headers, body)) as response:
            yield response

    def _open(self, goal: Target, until: float) -> socket.socket:
        """Open a connection, with TLS for https."""
        sock = self._connect(self._addresses(goal), min(until, time.monotonic() + CONNECT_TIMEOUT))
        if not goal.secure:
            return sock
        try:
            sock.settimeout(_left(until))
            self._context = self._context or ssl.create_default_context()  # 20 ms and a megabyte, so only if needed
            return self._context.wrap_socket(sock, server_hostname=goal.host)
        except TimeoutError as error:
            raise NotSent("timeout") from error
        except OSError as error:
            raise NotSent("tls") from error
        finally:
            sock.close()  # once it is wrapped, this one is detached and closing it does nothing

    def _addresses(self, goal: Target) -> list[tuple[Any, ...]]:
        """Return families and socket addresses. Raises NotSent if any of them is not public."""
        try:
            found = self._resolve(goal.host, goal.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotSent("dns") from error
        if not goal.trusted and not all(is_public(address[0]) for *_, address in found):
            raise NotSent("address")
        return [(family, address) for family, _, _, _, address in found][:MAX_ADDRESSES]

    def _connect(self, addresses: list[tuple[Any, ...]], until: float) -> socket.socket:
        """Return the first connection that succeeds. An address that does not reply leaves time for the others."""
        kind: Fault = "dns"
        for n, (family, address) in enumerate(addresses):
            try:
                return self._dial(family, address, _left(until) / (len(addresses) - n))
            except TimeoutError:
                kind = "timeout"
            except OSError:
                kind = "connect"
        raise NotSent(kind)


def _sent(sock: socket.socket, until: float, goal: Target, headers: Mapping[str, str], body: bytes) -> HTTPResponse:
    """Send a request and return the response."""
    connection = HTTPConnection(goal.host, goal.port)
    connection.auto_open = 0  # so that it never opens a connection of its own
    connection.sock = _TimedSocket(sock, until)
    try:
        connection.request("POST", goal.path, body, {**headers, "Host": goal.authority, "Connection": "close"})
        return connection.getresponse()
    except TimeoutError as error:
        raise NotSent("timeout") from error
    except (OSError, HTTPException) as error:
        raise NotSent("broken") from error


def _left(until: float) -> float:
    """Return the remaining seconds. Raises TimeoutError when none are left."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _TimedSocket:
    """A socket for http.client with one time-out for everything together."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._sock.settimeout(_left(self._until))
            view = view[self._sock.send(view[:SEND_CHUNK]) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._until))

    def close(self) -> None:
        """Do nothing: http.client closes the socket before it reads the body from the file."""


class _TimedReader(io.RawIOBase):
    """Reads a response within the time-out and up to MAX_RESPONSE, also from a server that sends byte by byte."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until, self._remaining = sock, until, MAX_RESPONSE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._remaining:
            raise NotSent("too big")
        self._sock.settimeout(_left(self._until))
        n = self._sock.recv_into(memoryview(buffer)[: self._remaining])
        self._remaining -= n
        return n

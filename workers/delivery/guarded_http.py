"""The one way out: a POST to an address that somebody configured, which can reach nothing but the public internet.

The host is resolved once, all its addresses are checked, and the connection goes to a checked one, so an answer that
changes between two look-ups changes nothing. Redirects are not followed, proxies of the environment not asked.
"""

import contextlib
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any

from comments.errors import Fault, Invalid, NotSent

from .address_guard import Target, is_public, target

#: Seconds for a connection, TLS not counted, and for everything from the look-up to the answer's status.
CONNECT, TOTAL = 3.0, 5.0
#: Bytes of an answer that are read, headers included.
MAX_ANSWER = 64 * 1024
#: Addresses of one host that are tried.
MAX_ADDRESSES = 3
#: Bytes handed to a socket at once, so that the time is looked at between them.
CHUNK = 16 * 1024

Resolve = Callable[..., list[tuple[Any, ...]]]
#: Family, socket address and seconds to a connection. Raises OSError.
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


class Outgoing:
    """May be used by many threads at once. `resolve` is called as socket.getaddrinfo is; `total` is in seconds."""

    def __init__(
        self,
        trusted: frozenset[str] = frozenset(),
        resolve: Resolve = socket.getaddrinfo,
        dial: Dial = dial,
        context: ssl.SSLContext | None = None,
        total: float = TOTAL,
    ) -> None:
        self._trusted, self._resolve, self._dial, self._total = trusted, resolve, dial, total
        self._context = context

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The answer's status, whichever it is. What follows it is read for politeness, in time and up to a size.

        Raises NotSent with the kind of what went wrong.
        """
        until = time.monotonic() + self._total
        try:
            goal = target(url, self._trusted)
        except Invalid as error:
            raise NotSent("address") from error
        if not all(value.isascii() and value.isprintable() for pair in headers.items() for value in pair):
            raise NotSent("header")
        return _exchange(self._open(goal, until), until, goal, headers, body)

    def _open(self, goal: Target, until: float) -> socket.socket:
        """A connection, with TLS where the address says so."""
        sock = self._connect(self._addresses(goal), min(until, time.monotonic() + CONNECT))
        if not goal.secure:
            return sock
        try:
            sock.settimeout(_left(until))
            self._context = self._context or ssl.create_default_context()  # 20 ms and a megabyte: not for every process
            return self._context.wrap_socket(sock, server_hostname=goal.host)
        except TimeoutError as error:
            raise NotSent("timeout") from error
        except OSError as error:
            raise NotSent("tls") from error
        finally:
            sock.close()  # once it is wrapped, this one is detached and closing it does nothing

    def _addresses(self, goal: Target) -> list[tuple[Any, ...]]:
        """Families and socket addresses; none at all if one of them is not public."""
        try:
            found = self._resolve(goal.host, goal.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotSent("dns") from error
        if not goal.trusted and not all(is_public(address[0]) for *_, address in found):
            raise NotSent("address")
        return [(family, address) for family, _, _, _, address in found][:MAX_ADDRESSES]

    def _connect(self, addresses: list[tuple[Any, ...]], until: float) -> socket.socket:
        """The first connection that comes about. One that swallows everything leaves time for the others."""
        kind: Fault = "dns"
        for n, (family, address) in enumerate(addresses):
            try:
                return self._dial(family, address, _left(until) / (len(addresses) - n))
            except TimeoutError:
                kind = "timeout"
            except OSError:
                kind = "connect"
        raise NotSent(kind)


def _exchange(sock: socket.socket, until: float, goal: Target, headers: Mapping[str, str], body: bytes) -> int:
    connection = HTTPConnection(goal.host, goal.port)
    connection.auto_open = 0  # it never opens one by itself
    connection.sock = _Line(sock, until)
    with closing(sock):
        try:
            connection.request("POST", goal.path, body, {**headers, "Host": goal.authority, "Connection": "close"})
            answer = connection.getresponse()
        except TimeoutError as error:
            raise NotSent("timeout") from error
        except (OSError, HTTPException) as error:
            raise NotSent("broken") from error
        with closing(answer), contextlib.suppress(OSError, HTTPException, NotSent):
            answer.read()
        return answer.status


def _left(until: float) -> float:
    """Seconds. Raises TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _Line:
    """A socket as http.client uses one, on which everything together has to be over in time."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._sock.settimeout(_left(self._until))
            view = view[self._sock.send(view[:CHUNK]) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Answer(self._sock, self._until))

    def close(self) -> None:
        """http.client closes before it reads the body, and expects the file to keep the socket open."""


class _Answer(io.RawIOBase):
    """What arrives, in time and up to MAX_ANSWER; a timeout of the socket alone would let bytes drip for ever."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until, self._room = sock, until, MAX_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._room:
            raise NotSent("too big")
        self._sock.settimeout(_left(self._until))
        n = self._sock.recv_into(memoryview(buffer)[: self._room])
        self._room -= n
        return n

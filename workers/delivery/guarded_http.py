"""Send HTTP POST requests to configured addresses, restricted to the public internet (protection against SSRF).

For each connection the host is resolved once and all its addresses are checked. The connection goes to a checked
address, so a DNS reply that changes later has no effect. Redirects are not followed, and proxy settings of the
environment are ignored.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

from comments.errors import Fault, NotSent

from .address_guard import Target, is_public
from .http_session import CONNECTION_SECONDS, HTTPAnswer, HTTPSession
from .timed_socket import seconds_left

#: Seconds to connect, without TLS, and for everything from the DNS query to the response's status.
CONNECT_TIMEOUT, TOTAL_TIMEOUT = 3.0, 5.0
#: Addresses of one host that are tried.
MAX_ADDRESSES = 3

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

    def session(self, seconds: float = CONNECTION_SECONDS) -> HTTPSession:
        """Return a session that keeps a connection for so many seconds, for requests to the same host."""
        return HTTPSession(self._open, self._trusted, self._total, seconds)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """See HTTPSession.post."""
        with self._single_request() as session:
            return session.post(url, headers, body)

    def exchange(self, url: str, headers: Mapping[str, str], body: bytes) -> HTTPAnswer:
        """See HTTPSession.exchange."""
        with self._single_request() as session:
            return session.exchange(url, headers, body)

    def ask(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """See HTTPSession.ask."""
        with self._single_request() as session:
            return session.ask(url, headers, body)

    def _single_request(self) -> HTTPSession:
        return HTTPSession(self._open, self._trusted, self._total)

    def _open(self, goal: Target, until: float) -> socket.socket:
        """Open a connection, with TLS for https."""
        sock = self._connect(self._addresses(goal), min(until, time.monotonic() + CONNECT_TIMEOUT))
        if not goal.secure:
            return sock
        try:
            sock.settimeout(seconds_left(until))
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
                return self._dial(family, address, seconds_left(until) / (len(addresses) - n))
            except TimeoutError:
                kind = "timeout"
            except OSError:
                kind = "connect"
        raise NotSent(kind)

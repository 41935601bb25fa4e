"""A webhook receiver for tests. It listens on loopback, replies as the test configures, and keeps the requests."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

#: A certificate for hook.example with its key. Only tests trust it.
CERTIFICATE = Path(__file__).with_name("hook.pem")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Behave = Callable[[socket.socket], None]


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


def says(answer: bytes) -> Behave:
    return lambda connection: connection.sendall(answer)


fine = says(OK)


@dataclass
class Receiver:
    """Runs as a context manager. `behave` gets each connection after its request has been read.

    The connection is closed after that, or read again with `keeps_connections`. `accepted` are the requests that got
    the usual answer.
    """

    behave: Behave = fine
    tls: bool = False
    keeps_connections: bool = False
    connections: int = 0
    requests: list[Request] = field(default_factory=list)
    accepted: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def stall(self, connection: socket.socket) -> None:
        """Send nothing until the test ends."""
        self._over.wait(30)

    def drip(self, connection: socket.socket, start: bytes = b"HTTP/1.1 200 OK\r\nX: ") -> None:
        """Send one byte every 0.1 s without end."""
        connection.sendall(start)
        while not self._over.wait(0.1):
            connection.sendall(b"x")

    def pour(self, connection: socket.socket, start: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> None:
        """Send bytes as fast as possible without end."""
        connection.sendall(start)
        while not self._over.is_set():
            connection.sendall(b"x-filler: " + b"x" * 900 + b"\r\n")

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                connection, _ = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), self._wrapped(connection) as plain:
            while request := _read(plain):
                behave = self.behave
                self.requests.append(request)
                behave(plain)
                if behave is fine:
                    self.accepted.append(request)
                if not self.keeps_connections:
                    return

    def _wrapped(self, connection: socket.socket) -> socket.socket:
        if not self.tls:
            return connection
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
        return context.wrap_socket(connection, server_side=True)


def _read(connection: socket.socket) -> Request | None:
    """Read a request. Return None if the sender disconnected (or was killed) before the last byte."""
    with connection.makefile("rb") as file:
        line = file.readline().decode().strip()
        headers: dict[str, str] = {}
        while (text := file.readline().decode()) not in ("\r\n", ""):
            name, _, value = text.strip().partition(": ")
            headers[name.lower()] = value
        length = int(headers.get("content-length", -1))
        body = file.read(max(length, 0))
        return Request(line, headers, body) if len(body) == length else None

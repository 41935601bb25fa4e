"""A TCP proxy for a server that can delay, stop and cut connections, and drop responses.

A dropped response means that the command runs, but its result is lost.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path


class Proxy:
    """Passes on everything, until a fault is set.

    `cut` closes a client's connection without the response if the request contains these bytes. `delay` is in seconds
    for each request. `refuses` closes new connections. While `flows` is not set, nothing gets through in either
    direction, and nobody notices, as with a cable that is pulled out; `is_cut_off`, which gets the port of a client,
    limits that to some clients.
    """

    def __init__(self, target: Path | int, is_cut_off: Callable[[int], bool] = lambda port: True) -> None:
        self._target, self._is_cut_off = target, is_cut_off
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.cut: bytes = b""
        self.cuts = 0
        self.delay, self.refuses = 0.0, False
        self.flows, self._always = threading.Event(), threading.Event()
        self.flows.set()
        self._always.set()
        self._open: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for end in self._open:
            _close(end)
        self.flows.set()

    def close_connections(self) -> None:
        """Close all connections that are open now."""
        for end in self._open[1:]:
            _close(end)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                if self.refuses:
                    client.close()
                    continue
                with contextlib.suppress(OSError):  # the client has gone, or the server does not run
                    flows = self.flows if self._is_cut_off(client.getpeername()[1]) else self._always
                    server = self._connected()
                    self._open += [client, server]
                    threading.Thread(target=self._relay, args=(client, server, flows), daemon=True).start()

    def _connected(self) -> socket.socket:
        if isinstance(self._target, int):
            return socket.create_connection(("127.0.0.1", self._target))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._target))
        return server

    def _relay(self, client: socket.socket, server: socket.socket, flows: threading.Event) -> None:
        """Pass on requests. redis-py sends the next request only after the last response."""
        with contextlib.suppress(OSError), client, server:
            threading.Thread(target=self._answers, args=(client, server, flows), daemon=True).start()
            while asked := client.recv(65536):
                flows.wait()
                time.sleep(self.delay)
                if self.cut and self.cut in asked:
                    self.cuts += 1
                    client.shutdown(socket.SHUT_RDWR)  # before the server can respond
                    server.sendall(asked)
                    return
                server.sendall(asked)

    def _answers(self, client: socket.socket, server: socket.socket, flows: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while answered := server.recv(65536):
                flows.wait()
                client.sendall(answered)
        _close(client)  # as the server did


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()

"""A TCP proxy for a Valkey socket that can drop responses: the command runs, but its result is lost."""

import contextlib
import socket
import threading
from pathlib import Path


class Proxy:
    """Closes a client's connection without the response if the request contains the bytes `cut`."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        self.cut: bytes = b""
        self.cuts = 0
        self._open: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._open += [client, server]
                threading.Thread(target=self._relay, args=(client, server), daemon=True).start()

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on requests. redis-py sends the next request only after the last response."""
        with contextlib.suppress(OSError), client, server:
            threading.Thread(target=self._answers, args=(client, server), daemon=True).start()
            while asked := client.recv(65536):
                if self.cut and self.cut in asked:
                    self.cuts += 1
                    client.shutdown(socket.SHUT_RDWR)  # before the server can respond
                    server.sendall(asked)
                    return
                server.sendall(asked)

    def _answers(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while answered := server.recv(65536):
                client.sendall(answered)

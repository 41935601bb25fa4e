"""Granian with one listening socket for all its processes."""

import socket

from granian._granian import SocketHolder
from granian.server.mp import MPServer

from .listening_socket import MAX_BACKLOG


class SharedSocketServer(MPServer):
    """Granian with one socket for all processes. By itself it opens one in each process, which ends with it."""

    def __init__(self, listening: socket.socket, target: str, **options: object) -> None:
        super().__init__(target, backlog=MAX_BACKLOG, **options)  # type: ignore[arg-type]  # Granian's own options
        self._listening = listening

    def _init_shared_socket(self) -> None:
        self._listening.setblocking(False)
        self._listening.set_inheritable(True)
        self._sso = self._listening
        # Granian's types do not name the arguments: descriptor, whether it is a Unix socket, backlog.
        is_unix = self._listening.family == socket.AF_UNIX
        self._shd = SocketHolder(self._listening.fileno(), is_unix, MAX_BACKLOG)  # type: ignore[call-arg, assignment]

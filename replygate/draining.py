"""Let a web process answer its last connections before it stops, while other processes accept the next ones.

Granian closes accepted connections without a request at once when it stops: the request of a client may be on its way.
So the process first stops accepting. It answers what arrives on its connections, and asks the clients to close them.
"""

import os
import socket
import stat
import sys
from pathlib import Path

#: Seconds for clients that are connected to send their request. The connections of proxies may be idle for longer.
DRAIN_SECONDS = 2.0


class Draining:
    """The end of a process that accepts connections from a socket which other processes share."""

    def __init__(self, listening: socket.socket) -> None:
        self._inode, self._address = os.fstat(listening.fileno()).st_ino, _own_end(listening)

    def stop_accepting(self) -> None:
        """Replace the listening socket, in this process only, by one that nobody connects to."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
            deaf.setblocking(False)
            deaf.bind("")  # the system chooses a name that is not in use
            deaf.listen(1)
            for file in _open_files():
                if self._is_listening(file):
                    os.dup2(deaf.fileno(), file)

    def has_connections(self) -> bool:
        return any(map(self._is_connection, _open_files()))

    def _is_listening(self, file: int) -> bool:
        try:
            status = os.fstat(file)
        except OSError:  # closed since it was listed
            return False
        return stat.S_ISSOCK(status.st_mode) and status.st_ino == self._inode

    def _is_connection(self, file: int) -> bool:
        try:
            connection = socket.socket(fileno=file)
        except OSError:  # no socket
            return False
        try:
            connection.getpeername()  # fails without a peer
            return _own_end(connection) == self._address
        except OSError:
            return False
        finally:
            connection.detach()


def draining_of(listening: socket.socket) -> Draining | None:
    """Return the draining of a socket that others hold too; None where the system cannot list open files."""
    return Draining(listening) if sys.platform == "linux" else None


def _open_files() -> list[int]:
    """Return the open files of this process."""
    return [int(path.name) for path in Path("/proc/self/fd").iterdir()]


def _own_end(connection: socket.socket) -> object:
    """Return the port, or the path of a Unix socket."""
    address = connection.getsockname()
    return address[1] if isinstance(address, tuple) else address

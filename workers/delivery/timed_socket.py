"""A socket for http.client with one time-out for everything together, and a limit on what it reads."""

import io
import socket
import time
from typing import Any

from comments.errors import NotSent

#: Bytes of a response that are read, headers included.
MAX_RESPONSE = 64 * 1024
#: Bytes sent at once, so that the time-out is checked in between.
SEND_CHUNK = 16 * 1024


def seconds_left(until: float) -> float:
    """Return the seconds until a time of the monotonic clock. Raises TimeoutError when none are left."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class TimedSocket:
    """Sends and receives until a time of the monotonic clock."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until, self._reader = sock, until, _TimedReader(sock, until)

    @property
    def has_received(self) -> bool:
        return self._reader.remaining < MAX_RESPONSE

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._sock.settimeout(seconds_left(self._until))
            view = view[self._sock.send(view[:SEND_CHUNK]) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


class _TimedReader(io.RawIOBase):
    """Reads a response within the time-out and up to MAX_RESPONSE, also from a server that sends byte by byte."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until, self.remaining = sock, until, MAX_RESPONSE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.remaining:
            raise NotSent("too big")
        self._sock.settimeout(seconds_left(self._until))
        n = self._sock.recv_into(memoryview(buffer)[: self.remaining])
        self.remaining -= n
        return n

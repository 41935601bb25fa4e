"""A snapshot of a whole server at one moment, as replicas get it: the server forks, and its child sends the data.

It needs no access to the server's files, and has all effects of a script or none. The server is busy for the fork only.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NoReturn

import redis

from comments.errors import SettingsInvalid, StorageDown

from .client import Client

#: Seconds without any byte. The server waits 5 seconds for other replicas, and for a rewrite of its append-only file.
#: Until then it sends an empty line every second.
_SILENCE_SECONDS = 120.0
_BYTES_PER_READ = 1 << 18
#: The line before the data: its length, or the random mark that follows it. It depends on the server's settings.
_START = re.compile(rb"\$(?:EOF:(?P<mark>.{40})|(?P<length>\d+))\r\n", re.DOTALL)
_LONGEST_START = 64
#: Codes of errors that waiting does not change.
_FORBIDDEN = ("NOPERM", "NOAUTH", "ERR")


def read_snapshot(client: Client) -> Iterator[bytes]:
    """Yield the server's data in its RDB format.

    Raises SettingsInvalid if the server never gives it, and StorageDown if it cannot now or the data is cut off.
    """
    connection = client.connection_pool.make_connection()
    try:
        connection.connect()
        for option in (("capa", "eof"), ("rdb-only", "1")):
            connection.send_command("REPLCONF", *option)
            with suppress(redis.ResponseError):  # an older server sends the same data without this option
                connection.read_response()
        connection.send_command("SYNC")
        socket = connection._sock  # what follows is no reply
        socket.settimeout(_SILENCE_SECONDS)
        yield from snapshot_data(iter(lambda: socket.recv(_BYTES_PER_READ), b""))
    except (redis.RedisError, OSError) as error:
        raise StorageDown(str(error)) from error
    finally:
        connection.disconnect()


def snapshot_data(received: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the data among the bytes that the server sends. Raises as `read_snapshot`."""
    start = b""
    while not (found := _START.match(start)):
        start = (start + _next(received)).lstrip(b"\n")
        if start.startswith(b"-") and b"\n" in start:
            _refuse(start[1:].splitlines()[0].decode(errors="replace"))
        if len(start) > _LONGEST_START and not _START.match(start):
            raise StorageDown("the server answers SYNC with something else than a snapshot")
    rest = start[found.end() :]
    if mark := found["mark"]:
        yield from _until_mark(rest, mark, received)
    else:
        yield from _of_length(rest, int(found["length"]), received)


def _refuse(reason: str) -> NoReturn:
    if reason.startswith(_FORBIDDEN):
        raise SettingsInvalid(
            f"the server gives no snapshot ({reason}). Its user needs the right to SYNC; managed servers, which do not "
            "have that command, have backups of their own"
        )
    raise StorageDown(reason)


def _until_mark(data: bytes, mark: bytes, received: Iterator[bytes]) -> Iterator[bytes]:
    while not data.endswith(mark):
        yield data[: -len(mark)]
        data = data[-len(mark) :] + _next(received)
    yield data[: -len(mark)]


def _of_length(data: bytes, length: int, received: Iterator[bytes]) -> Iterator[bytes]:
    while len(data) < length:
        yield data
        length -= len(data)
        data = _next(received)
    yield data[:length]


def _next(received: Iterator[bytes]) -> bytes:
    for data in received:
        return data
    raise StorageDown("the server ended the snapshot before it was complete")

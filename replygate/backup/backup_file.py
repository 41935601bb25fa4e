"""The file of a backup: a line of JSON about it, the data of each server compressed with gzip, and a checksum of all.

A cluster has several servers, any other installation has one.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from comments.errors import SettingsInvalid
from comments.storage.redis.cluster_snapshots import SlotRanges
from comments.storage.values import DATA_VERSION

#: Version of the format. Raise it when a program of this version would restore a file wrongly.
#: Version 1 has the data of one server, and is still written for one.
BACKUP_VERSION = 2
_KIND = "replygate backup"
#: The last line, with the digest of everything before it.
_END = b"\nsha256 %s\n"
_END_LENGTH = len(_END % (b"0" * 64))
_LONGEST_HEADER = 4096
_BYTES_PER_READ = 1 << 18
#: Window size of zlib that means gzip.
_GZIP = 31


class BackupDamaged(SettingsInvalid):
    """Raised for a file that is no backup, is cut off, has other bytes than were written, or is too new."""


@dataclass(frozen=True, slots=True)
class BackupHeader:
    made: str  # time in ISO 8601
    program: str
    data_version: int
    prefix: str
    database: int
    secret_key_fingerprint: str
    secret_key: str = ""  # only if it was asked for
    slots: tuple[SlotRanges, ...] = ()  # of each server of a cluster; empty for one server

    @property
    def n_servers(self) -> int:
        return len(self.slots) or 1


def pack_backup(header: BackupHeader, snapshots: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Yield the bytes of the file, from the data of each server."""
    seen = sha256()

    def parts() -> Iterator[bytes]:
        values = {"kind": _KIND, "version": BACKUP_VERSION if header.slots else 1, **asdict(header)}
        if not header.slots:
            del values["slots"]  # which programs of version 1 do not know
        yield json.dumps(values).encode() + b"\n"
        for snapshot in snapshots:
            compressor = zlib.compressobj(6, wbits=_GZIP)
            yield from map(compressor.compress, snapshot)
            yield compressor.flush()

    for part in filter(None, parts()):
        seen.update(part)
        yield part
    yield _END % seen.hexdigest().encode()


def unpack_backup(file: BinaryIO, path_of: Callable[[int], Path]) -> BackupHeader:
    """Check the whole file and write the data of server n to `path_of(n)`. Raises BackupDamaged."""
    length = file.seek(0, 2) - _END_LENGTH
    file.seek(max(length, 0))
    end = file.read()
    file.seek(0)
    line = file.readline(_LONGEST_HEADER)
    header = _header(line)
    if length < len(line) or not end.startswith(_END[:8]):
        raise BackupDamaged("the backup is cut off: its end is missing")
    seen = sha256(line)
    try:
        parts = _parts(file, length - len(line), seen)
        for n in range(header.n_servers):
            with path_of(n).open("wb") as out:
                parts = _inflate(parts, out)
        if any(parts):
            raise BackupDamaged("the backup is damaged: it has more data than servers")
    except zlib.error as error:
        raise BackupDamaged(f"the backup is damaged: {error}") from error
    if _END % seen.hexdigest().encode() != end:
        raise BackupDamaged("the backup is damaged: its checksum is wrong")
    return header


def _parts(file: BinaryIO, length: int, seen: Any) -> Iterator[bytes]:
    while length:
        part = file.read(min(length, _BYTES_PER_READ))
        length -= len(part)
        seen.update(part)
        yield part


def _inflate(parts: Iterator[bytes], out: BinaryIO) -> Iterator[bytes]:
    """Write the data of one server. Return what follows it."""
    inflater = zlib.decompressobj(wbits=_GZIP)
    for part in parts:
        out.write(inflater.decompress(part))
        if inflater.eof:
            return chain([inflater.unused_data], parts)
    raise BackupDamaged("the backup is damaged: its data is not complete")


def _slots(servers: Sequence[Sequence[Sequence[int]]]) -> tuple[SlotRanges, ...]:
    return tuple(tuple((int(first), int(last)) for first, last in ranges) for ranges in servers)


def _header(line: bytes) -> BackupHeader:
    try:
        values = json.loads(line)
        if values.pop("kind") != _KIND:
            raise ValueError
        version = values.pop("version")
        if version not in range(1, BACKUP_VERSION + 1):
            raise BackupDamaged(f"the backup has format {version}, this program reads up to {BACKUP_VERSION}")
        header = BackupHeader(**values | {"slots": _slots(values.get("slots", ()))})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged("the file is not a backup of Replygate") from error
    if header.data_version > DATA_VERSION:
        raise BackupDamaged(
            f"the backup has data of version {header.data_version}, this program supports {DATA_VERSION}: "
            f"use Replygate {header.program} or newer"
        )
    return header

"""The file of a backup: a line of JSON about it, the server's data compressed with gzip, and a checksum of both."""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from comments.errors import SettingsInvalid
from comments.storage.values import DATA_VERSION

#: Version of the format. Raise it when a program of this version would restore a file wrongly.
BACKUP_VERSION = 1
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


def pack_backup(header: BackupHeader, snapshot: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of the file."""
    seen, compressor = sha256(), zlib.compressobj(6, wbits=_GZIP)

    def parts() -> Iterator[bytes]:
        values = {"kind": _KIND, "version": BACKUP_VERSION, **asdict(header)}
        yield json.dumps(values).encode() + b"\n"
        yield from map(compressor.compress, snapshot)
        yield compressor.flush()

    for part in filter(None, parts()):
        seen.update(part)
        yield part
    yield _END % seen.hexdigest().encode()


def unpack_backup(file: BinaryIO, path: Path) -> BackupHeader:
    """Check the whole file and write the server's data to `path`. Raises BackupDamaged."""
    length = file.seek(0, 2) - _END_LENGTH
    file.seek(max(length, 0))
    end = file.read()
    file.seek(0)
    line = file.readline(_LONGEST_HEADER)
    header = _header(line)
    if length < len(line) or not end.startswith(_END[:8]):
        raise BackupDamaged("the backup is cut off: its end is missing")
    seen = sha256(line)
    with path.open("wb") as out:
        try:
            _inflate(file, length - len(line), seen, out)
        except zlib.error as error:
            raise BackupDamaged(f"the backup is damaged: {error}") from error
    if _END % seen.hexdigest().encode() != end:
        raise BackupDamaged("the backup is damaged: its checksum is wrong")
    return header


def _inflate(file: BinaryIO, length: int, seen: Any, out: BinaryIO) -> None:
    inflater = zlib.decompressobj(wbits=_GZIP)
    while length:
        part = file.read(min(length, _BYTES_PER_READ))
        length -= len(part)
        seen.update(part)
        out.write(inflater.decompress(part))
    out.write(inflater.flush())
    if not inflater.eof:
        raise BackupDamaged("the backup is damaged: its data is not complete")


def _header(line: bytes) -> BackupHeader:
    try:
        values = json.loads(line)
        if values.pop("kind") != _KIND:
            raise ValueError
        version = values.pop("version")
        if version != BACKUP_VERSION:
            raise BackupDamaged(f"the backup has format {version}, this program reads {BACKUP_VERSION}")
        header = BackupHeader(**values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged("the file is not a backup of Replygate") from error
    if header.data_version > DATA_VERSION:
        raise BackupDamaged(
            f"the backup has data of version {header.data_version}, this program supports {DATA_VERSION}: "
            f"use Replygate {header.program} or newer"
        )
    return header

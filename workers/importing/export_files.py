"""Open export files: plain, gzipped, or the only file in a zip archive; in pieces, with a limit on their size."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

#: Bytes read at a time.
PIECE = 64 * 1024
#: Bytes of one JSON document or one line of JSON. A line is one comment.
MAX_JSON_LINE = 4 * 1024 * 1024

#: Bytes of text that one byte of an archive may stand for, behind the first ones. Exports have 3 to 30.
MAX_RATIO, RATIO_FREE = 200, 16 * 2**20

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
#: Errors of archives that cannot be read. zipfile raises the last two for an unknown compression and for a password.
_DAMAGED = (zlib.error, EOFError, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class ExportUnreadable(Exception):
    """Raised if a file is not the expected export, is damaged, or is built to do harm."""


@dataclass
class ExportReader:
    """Reads a file in pieces. `done` counts the bytes of the file itself, for the progress."""

    path: Path
    raw: BinaryIO
    unpacked: BinaryIO
    limit: int
    total: int = 0

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def is_packed(self) -> bool:
        return self.unpacked is not self.raw

    @property
    def done(self) -> int:
        return self.raw.tell()

    def rewind(self) -> None:
        """Begin again, for formats in which the names of authors come after their comments."""
        self.unpacked.seek(0)
        self.total = 0

    def read(self, n: int = PIECE) -> bytes:
        """Raises ExportUnreadable for a damaged archive, and for one that is larger unpacked than the limit."""
        try:
            piece = self.unpacked.read(n)
        except _DAMAGED as error:
            raise ExportUnreadable(f"The archive is damaged: {error}.") from error
        self.total += len(piece)
        if self.total > self.limit:
            raise ExportUnreadable(f"The file has more than {self.limit // 2**20} MiB when it is unpacked.")
        if self.is_packed and self.total > max(RATIO_FREE, MAX_RATIO * self.done):
            raise ExportUnreadable(f"The archive unpacks to more than {MAX_RATIO} times its size. No export does.")
        return piece

    def pieces(self) -> Iterator[bytes]:
        while piece := self.read():
            yield piece

    def lines(self) -> Iterator[bytes]:
        """Yield lines. Raises ExportUnreadable for one that is longer than any comment."""
        rest = b""
        for piece in self.pieces():
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
            if len(rest) > MAX_JSON_LINE:
                raise ExportUnreadable(
                    f"A line has more than {MAX_JSON_LINE // 2**20} MiB. This is not such an export."
                )
        if rest:
            yield rest


@contextmanager
def open_export(path: Path, limit: int) -> Iterator[ExportReader]:
    """Open a file, unpacked if it is an archive of one file. Raises ExportUnreadable."""
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        try:
            unpacked = _unpacked(raw, start)
            yield ExportReader(path, raw, unpacked, limit)
        except _DAMAGED as error:
            raise ExportUnreadable(f"The archive is damaged: {error}.") from error


def _unpacked(raw: BinaryIO, start: bytes) -> BinaryIO:
    if start.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]  # it has what a file has
    if start.startswith(_ZIP):
        archive = zipfile.ZipFile(raw)
        names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
        if len(names) != 1:
            raise ExportUnreadable(f"The zip archive has {len(names)} files. Unpack it and import one file.")
        return archive.open(names[0])  # type: ignore[return-value]  # it has what a file has
    return raw

"""Storage of backups: a directory, or a bucket of an S3-compatible service."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import click

from replygate.private_files import private_file

#: Loaded only for a bucket, because it needs the extra `replygate[s3]`.
_S3_MODULE = "replygate.backup.s3_bucket"
_NAME = re.compile(r"replygate-.+-\d{8}T\d{6}Z\.backup")


class BackupStorage(Protocol):
    def write(self, name: str, parts: Iterable[bytes]) -> int:
        """Store a file completely or not at all. Return its size."""

    def names(self) -> list[str]:
        """Return the names of all files."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for reading at any position."""

    def delete(self, name: str) -> None: ...


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'the backup'}: {error.strerror or error}") from error


class BackupDirectory:
    """A directory that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, name: str, parts: Iterable[bytes]) -> int:
        unfinished = self._path / f".{name}.part"
        with _readable_errors():
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with private_file(unfinished) as file:
                    size = sum(map(file.write, parts))
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.rename(self._path / name)
            finally:
                unfinished.unlink(missing_ok=True)
        return size

    def names(self) -> list[str]:
        with _readable_errors():
            return [path.name for path in self._path.glob("*")]

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with _readable_errors(), (self._path / name).open("rb") as file:
            yield file

    def delete(self, name: str) -> None:
        with _readable_errors():
            (self._path / name).unlink(missing_ok=True)


def backup_storage(address: str) -> BackupStorage:
    """Return the storage of an address: `s3://bucket/prefix`, or a directory.

    Raises UsageError for an empty one, and for other schemes: `gs://bucket` would be a directory of this machine.
    """
    if not address.startswith("s3://"):
        if not address or "://" in address:
            raise click.UsageError(f"{address!r} is neither a directory nor an address such as s3://bucket/prefix")
        return BackupDirectory(Path(address))
    if not re.match(r"s3://[A-Za-z0-9]", address):
        raise click.UsageError(f"{address!r} names no bucket: write s3://bucket/prefix")
    try:
        module = import_module(_S3_MODULE)
    except ModuleNotFoundError as error:
        raise click.ClickException(f'Install the extra first: pip install "replygate[s3]" ({error})') from error
    return cast(BackupStorage, module.S3Bucket(address))


def backup_name(installation: str, now: datetime) -> str:
    """Return a file name. An installation is named by the prefix of its keys."""
    return f"replygate-{installation}-{now:%Y%m%dT%H%M%SZ}.backup"


def backup_names(storage: BackupStorage, installation: str) -> list[str]:
    """Return the names of the backups of one installation, the newest first."""
    ours = (name for name in storage.names() if _NAME.fullmatch(name) and name.startswith(f"replygate-{installation}-"))
    return sorted(ours, reverse=True)

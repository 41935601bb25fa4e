"""Backups in a bucket of an S3-compatible service. Its address and keys come from the usual AWS_ variables."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import click
import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

#: Variables with the address of the service, and with that of S3 alone.
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")


class S3Bucket:
    """`s3://bucket/prefix`. An upload appears when it is complete."""

    def __init__(self, address: str) -> None:
        for name in _ENDPOINTS:
            if not os.environ.get(name, "https://").startswith(
                ("http://", "https://")
            ):  # which the library panics about
                raise click.UsageError(f"{name} must begin with https:// or http://")
        try:
            # The library refuses HTTP with "builder error". Whoever writes http:// into the address means it.
            is_http = any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS)
            self._store = S3Store.from_url(
                address.rstrip("/"), client_options={"allow_http": True} if is_http else None
            )
        except (BaseError, ValueError) as error:
            raise click.ClickException(f"cannot use {address}: {_summary(error)}") from error

    def write(self, name: str, parts: Iterable[bytes]) -> int:
        counter = _Counter(parts)
        with _readable_errors():
            obstore.put(self._store, name, iter(counter))
        return counter.size

    def names(self) -> list[str]:
        with _readable_errors():
            return [entry["path"] for some in obstore.list(self._store) for entry in some]

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with tempfile.TemporaryFile() as file:
            with _readable_errors():
                for part in obstore.get(self._store, name):
                    file.write(part)
            file.seek(0)
            yield file

    def delete(self, name: str) -> None:
        with _readable_errors():
            obstore.delete(self._store, name)


class _Counter:
    """Counts the bytes that pass."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts, self.size = parts, 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self.size += len(part)
            yield part


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise click.ClickException(f"the storage of backups refused: {_summary(error)}") from error


def _summary(error: Exception) -> str:
    """Return the first line. Details of the library follow it."""
    return str(error).partition("\n")[0]

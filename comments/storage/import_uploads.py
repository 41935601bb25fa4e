"""Imports that owners start in the browser: their progress, the uploaded file in pieces, and its planned rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class ImportPhase(StrEnum):
    UPLOADED = "uploaded"  # the file waits to be read
    CHECKING = "checking"  # the dry run goes through its rows
    READY = "ready"  # the report is complete; the owner decides
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"


#: Phases in which the background worker has something to do.
WORKING = (ImportPhase.UPLOADED, ImportPhase.CHECKING, ImportPhase.IMPORTING)


@dataclass(frozen=True, slots=True)
class ImportState:
    """The import of a site; there is one at a time. `id` names the keys of its file."""

    id: str
    program: str
    by: str
    started: datetime
    phase: ImportPhase
    file: str = ""  # name of the uploaded file
    pages: str = ""  # CSV of old and new addresses
    pingbacks: bool = False
    unpublished: bool = False
    attempts: int = 0  # to read the file
    done: int = 0  # batches of rows
    total: int = 0
    report: Mapping[str, Any] = field(default_factory=dict)  # see `comments.import_report`
    problem: str = ""  # reason of a failure, and what to do

    @property
    def is_working(self) -> bool:
        return self.phase in WORKING

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class ImportUploads(Protocol):
    def get(self, site: str) -> ImportState | None: ...

    def replace(self, site: str, before: ImportState | None, after: ImportState | None) -> bool:
        """Store the state if it is still `before`; None means that there is none. Renews the time that it is kept."""

    def add_pieces(self, site: str, id: str, pieces: Iterator[bytes]) -> None:
        """Store a file in pieces. They are deleted a day later."""

    def pieces(self, site: str, id: str) -> Iterator[bytes]:
        """Yield the file in pieces."""

    def replace_rows(self, site: str, id: str, batches: Iterator[bytes]) -> int:
        """Store batches of planned rows in place of any that are there. Returns their number."""

    def rows(self, site: str, id: str, n: int) -> bytes | None:
        """Return batch number `n`; None behind the last one."""

    def forget(self, site: str, id: str, parts: Sequence[str] = ("file", "rows")) -> None:
        """Delete the file, the rows, or both."""


def discard_import(uploads: ImportUploads, site: str) -> None:
    """End the import of a site, and delete its file. What was imported stays."""
    while (before := uploads.get(site)) is not None:
        if uploads.replace(site, before, None):
            uploads.forget(site, before.id)
            return

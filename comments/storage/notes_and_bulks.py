"""What moderators leave for each other: notes to a comment, and steps for many comments that take a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from comments.lifecycle import Action

#: A comment and the version at which it is to be settled.
BulkItem = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wants their colleagues to know. It never leaves the moderators' pages."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Bulk:
    """One step for many comments, as they were when it was begun."""

    id: str
    action: Action
    by: str
    at: datetime
    about: str = ""  # in words, which comments
    reason: str = ""
    undoes: str = ""  # id of the bulk that is taken back


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """How far a bulk is. What is neither left nor done had changed meanwhile."""

    total: int
    left: int
    done: int

    @property
    def changed(self) -> int:
        return self.total - self.left - self.done


class Notes(Protocol):
    def add(self, site: str, id: str, note: Note) -> None:
        """The last 50 of a comment are kept."""

    def of(self, site: str, ids: Sequence[str]) -> list[tuple[Note, ...]]:
        """Of each comment, the oldest first."""


class Bulks(Protocol):
    """Each lives for a week."""

    def create(self, site: str, bulk: Bulk, items: Sequence[BulkItem]) -> None: ...

    def get(self, site: str, id: str) -> Bulk:
        """Raises NotFound."""

    def progress(self, site: str, id: str) -> BulkProgress: ...

    def left(self, site: str, id: str, n: int) -> list[BulkItem]:
        """The first `n` that nobody has tried yet. They stay until `tick`."""

    def check_off(self, site: str, id: str, tried: Sequence[BulkItem], done: Sequence[BulkItem]) -> None:
        """Cross off what was tried; `done` are those that changed, with the versions they have now."""

    def done(self, site: str, id: str) -> list[BulkItem]:
        """What it changed, with the versions that it left."""

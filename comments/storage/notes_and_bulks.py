"""Notes that moderators leave for each other, and actions on many comments that take a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from comments.lifecycle import Action

#: A comment, and the version that the action applies to.
BulkItem = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Note:
    """A note for other moderators. It is never public. With an action, it proposes that decision."""

    by: str
    at: datetime
    text: str
    action: str = ""  # proposed; text, because a later version may have more actions
    version: int = 0  # of the comment that the proposal is about


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One action on many comments, in the versions they had when it started.

    It has a list of comments. An action on everything by an author or network adds older comments while it runs.
    """

    id: str
    action: Action
    by: str
    at: datetime
    about: str = ""  # describes the comments for people
    reason: str = ""
    undoes: str = ""  # id of the bulk action that this one undoes
    identity: str = ""  # author whose comments it searches for
    origin: str = ""  # network whose comments it searches for


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """Counts of comments. Those neither left nor done had changed since the selection and were skipped."""

    total: int
    left: int
    done: int
    searching: bool = False  # for more comments to add to the list

    @property
    def changed(self) -> int:
        return self.total - self.left - self.done

    @property
    def finished(self) -> bool:
        return not self.left and not self.searching


class Notes(Protocol):
    def add(self, site: str, id: str, note: Note) -> None:
        """Add a note; the last 50 of a comment are kept."""

    def of(self, site: str, ids: Sequence[str]) -> list[tuple[Note, ...]]:
        """The notes of each comment, the oldest first."""


class BulkActions(Protocol):
    """Each is kept for a week."""

    def create(self, site: str, bulk: BulkAction, items: Sequence[BulkItem]) -> None:
        """Store it with its list; one with an author or network starts searching from the newest comment."""

    def get(self, site: str, id: str) -> BulkAction:
        """Raises NotFound."""

    def progress(self, site: str, id: str) -> BulkProgress: ...

    def search_cursor(self, site: str, id: str) -> str | None:
        """The place where the search continues; None if it is over."""

    def extend(self, site: str, id: str, items: Sequence[BulkItem], before: str, after: str | None) -> bool:
        """Add what a search from cursor `before` found, and move on to `after`; None ends the search.

        Returns False, and adds nothing, if another process has already continued from `before`.
        """

    def left(self, site: str, id: str, n: int) -> list[BulkItem]:
        """The first `n` that were not tried yet. They stay on the list until `check_off`."""

    def check_off(self, site: str, id: str, tried: Sequence[BulkItem], done: Sequence[BulkItem]) -> None:
        """Take `tried` off the list; `done` are those that changed, in their new versions."""

    def done(self, site: str, id: str) -> list[BulkItem]:
        """The comments it changed, in the versions that it left."""

"""The store behind exports and imports of whole sites: everything a site has, in a fixed order.

`comments.storage.keys.declarations` decides which keys an export has. Values are as they are stored, so an import is
exact. The index of threads, the queue, the numbers and the corpus follow from the comments and their lessons.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from comments.audit import AuditEntry
from comments.model import Comment
from comments.site import Site

from .keys import DECLARATIONS, ExportClass

#: Name of each key that an export has -> its type.
EXPORTED_TYPES: Mapping[str, str] = {
    name: each.type for name, each in DECLARATIONS.items() if each.export is ExportClass.EXPORTED
}


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A part of an exported key: a field of a hash, a member of a set, an entry of a list or stream, or a string."""

    key: str  # name of the method of `Keys`
    of: str = ""  # which of that kind: status, period or thread; comment of a note; ms of the decision of a lesson
    name: str = ""  # field of a hash, member of a set, or id of an entry of a stream
    value: str = ""  # as stored; of a sorted set the score


@dataclass(frozen=True, slots=True)
class ArchivedComment:
    """A comment and the rows that belong to it: its lesson, its notes, its part in the reputation of domains."""

    comment: Comment
    rows: tuple[StoredRow, ...] = ()


class Archives(Protocol):
    def audit_end(self, site: str) -> str:
        """Return the id of the last audit entry of a site; "" without one."""

    def comments(self, site: str) -> Iterator[ArchivedComment]:
        """Yield every comment accepted before the call, once, by time received and id, while the service goes on."""

    def rows(self, site: str, audit_end: str) -> Iterator[StoredRow]:
        """Yield the rows of all other exported keys, sorted by key, place and name; audit entries up to `audit_end`."""

    def begin(self, site: str, token: str) -> None:
        """Reserve the id of a site that does not exist, and delete what an interrupted import left.

        Raises SiteTaken if the site exists or another import writes it. Other calls renew the reservation.
        """

    def add(self, site: str, comments: Sequence[ArchivedComment]) -> None:
        """Store comments with their rows, parents first. Raises SiteTaken if an id is there already."""

    def missing(self, site: str, ids: Sequence[str]) -> set[str]:
        """Return the ids of comments that are not stored."""

    def depths(self, site: str, ids: Sequence[str], most: int) -> list[int]:
        """Count the comments above each stored comment; no more than `most`."""

    def replace_rows(self, site: str, rows: Iterable[StoredRow]) -> None:
        """Replace the keys that `rows` yields by these rows, for a site whose comments were added."""

    def finish(self, site: Site, *entries: AuditEntry) -> None:
        """Make an imported site visible. Raises SiteTaken if it was added in the meantime."""

    def discard(self, site: str) -> None:
        """Delete what an import stored, and end its reservation."""

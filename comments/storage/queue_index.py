"""The index of decided and held comments: its queries and results, and the protocol of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from comments.lifecycle import Status
from comments.model import Comment

#: Values listed for a facet; more for kinds with few values, which all matter.
FACET_VALUES, LONG_FACETS = 12, {"signal": 40, "script": 40, "status": len(Status)}
#: Statuses of comments in the index: all but those that wait for the filters.
INDEXED = tuple(status for status in Status if status is not Status.QUEUED)

QueueOrder = Literal["useful", "oldest", "newest", "decided", "points"]
IndexColumn = Literal["rank", "received", "decided", "points"]
#: The column of each order, and True to begin with its largest number.
ORDER_COLUMNS: Mapping[QueueOrder, tuple[IndexColumn, bool]] = {
    "useful": ("rank", False),
    "oldest": ("received", False),
    "newest": ("received", True),
    "decided": ("decided", True),
    "points": ("points", True),
}


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """The entry of a comment. `comments.queue_ranking` makes them. Terms are "kind:value"."""

    version: int
    status: Status
    rank: int  # of a held comment: the lowest needs a decision most
    received: int  # ms
    decided: int  # ms
    points: int  # thousandths
    facets: tuple[str, ...]  # terms whose values are counted
    terms: tuple[str, ...]  # terms that only find the comment


@dataclass(frozen=True, slots=True)
class IndexPosition:
    """Position of a comment in an order. The next page begins after the last position of this one."""

    key: int  # sort key, ascending
    slot: int  # orders comments with the same key


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """Selects and orders comments.

    A comment must have one of `statuses`, one term of each group of `all_of`, and none of `none_of`; and each number of
    `ranges` must be at least the first limit and below the second. A word that ends in "*" matches all words with that
    prefix.
    """

    all_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()
    order: QueueOrder = "useful"
    limit: int = 20
    after: IndexPosition | None = None
    facets: tuple[str, ...] = ()  # kinds of terms whose most frequent values are counted
    statuses: tuple[Status, ...] = (Status.HELD,)
    ranges: tuple[tuple[IndexColumn, float, float], ...] = ()
    since: tuple[tuple[IndexColumn, tuple[int, ...]], ...] = ()  # limits: comments at or above each are counted


@dataclass(frozen=True, slots=True)
class IndexHit:
    """One comment found: enough to load it, and to decide about this version of it."""

    id: str
    version: int
    position: IndexPosition


@dataclass(frozen=True, slots=True)
class IndexResult:
    """One page of hits. `unindexed` comments have one of the statuses but are in no other count: not searchable yet."""

    hits: tuple[IndexHit, ...] = ()
    more: bool = False
    total: int = 0
    unindexed: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # kind -> value -> comments, most first
    since: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # column -> comments at or above each limit


@dataclass(frozen=True, slots=True)
class TermHits:
    """All comments with one term, the newest first. Up to `unindexed` comments of the site may be missing."""

    hits: tuple[IndexHit, ...]
    unindexed: int = 0


def facet_limit(kind: str) -> int:
    """Return the number of values to list for a kind of terms."""
    return LONG_FACETS.get(kind, FACET_VALUES)


def most_frequent(kind: str, values: Mapping[str, int]) -> dict[str, int]:
    """Return the values to list for a kind, the most frequent first."""
    some = [(value, n) for value, n in values.items() if n]
    return dict(sorted(some, key=lambda c: (-c[1], c[0]))[: facet_limit(kind)])


class QueueIndex(Protocol):
    def outdated(self, site: str, n: int) -> list[str]:
        """Return ids of comments whose entry may be missing or out of date."""

    def update(self, site: str, rows: Sequence[tuple[Comment, IndexEntry | None]]) -> None:
        """Replace the entry of each comment; None removes it. A comment that changed since stays outdated.

        A decision hides the comment's entry in the same step, so that the index never returns a former status.
        """

    def discard(self, site: str, ids: Sequence[str]) -> None:
        """Remove the entries of missing comments, and mark them as no longer outdated."""

    def is_complete(self, site: str) -> bool:
        """True if every comment was indexed once, no entry is outdated and no space waits to be freed."""

    def continue_upkeep(self, site: str) -> bool:
        """Do one bounded step of what the index needs besides updates; return False if nothing is left.

        A step marks comments without an entry as outdated, or frees space.
        """

    def renew(self, site: str) -> None:
        """Index every comment again, in the steps of `continue_upkeep`. The present entries stay until replaced."""

    def purge(self, site: str) -> None:
        """Remove words and names that no comment has any more, in the steps of `continue_upkeep`."""

    def find(self, site: str, query: IndexQuery) -> IndexResult:
        """Return one page of the comments that match. Kinds of facets with very many values are counted as far as
        the values are frequent in these statuses."""

    def with_term(self, site: str, term: str, most: int) -> TermHits | None:
        """Return the comments of all statuses with one term, the newest first; None if they may be more than `most`.

        It takes as long on a site of any size. Positions are those of the order "newest".
        """

    def sites_with_term(self, sites: Sequence[str], term: str) -> set[str]:
        """Return those of many sites that may have comments with a term, in few round trips."""

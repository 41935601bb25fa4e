"""The index of held comments: its queries and results, and the protocol of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from comments.model import Comment

#: Values listed for a facet; more for kinds with few values, which all matter.
FACET_VALUES, LONG_FACETS = 12, {"signal": 40, "script": 40}

QueueOrder = Literal["useful", "oldest", "newest", "points"]


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """The entry of a held comment. `comments.queue_ranking` makes them."""

    version: int
    rank: int  # the lowest needs a decision most
    received: int  # ms
    points: int  # thousandths
    terms: tuple[str, ...]  # "kind:value"


@dataclass(frozen=True, slots=True)
class IndexPosition:
    """Position of a comment in an order. The next page begins after the last position of this one."""

    key: int  # sort key, ascending
    slot: int  # orders comments with the same key


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """Selects and orders held comments.

    A comment must have one term of each group of `all_of`, and none of `none_of`. A word that ends in "*" matches all
    words with that prefix.
    """

    all_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()
    order: QueueOrder = "useful"
    limit: int = 20
    after: IndexPosition | None = None
    facets: tuple[str, ...] = ()  # kinds of terms whose most frequent values are counted
    counted: tuple[str, ...] = ()  # further terms to count, of kinds that are not facets


@dataclass(frozen=True, slots=True)
class IndexHit:
    """One comment found: enough to load it, and to decide about this version of it."""

    id: str
    version: int
    position: IndexPosition


@dataclass(frozen=True, slots=True)
class IndexResult:
    """One page of hits. `unindexed` comments are held but not in the index yet; no other count includes them."""

    hits: tuple[IndexHit, ...] = ()
    more: bool = False
    total: int = 0
    unindexed: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # kind -> value -> comments, most first


def facet_limit(kind: str) -> int:
    """Return the number of values to list for a kind of terms."""
    return LONG_FACETS.get(kind, FACET_VALUES)


class QueueIndex(Protocol):
    def outdated(self, site: str, n: int) -> list[str]:
        """Return ids of comments whose entry may be out of date."""

    def update(self, site: str, rows: Sequence[tuple[Comment, IndexEntry | None]]) -> None:
        """Replace the entry of each comment; None removes it. A comment that changed since stays outdated.

        A decision hides the comment's entry in the same step, so that the index never returns one that is not held.
        """

    def discard(self, site: str, ids: Sequence[str]) -> None:
        """Mark missing comments as no longer outdated."""

    def find(self, site: str, query: IndexQuery) -> IndexResult: ...

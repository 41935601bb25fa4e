"""What the index of held comments takes and answers, and the promise of the store that keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from comments.model import Comment

#: Values listed of a facet, and of those that have few, which all matter.
FACET_VALUES, LONG_FACETS = 12, {"signal": 40, "script": 40}

QueueOrder = Literal["useful", "oldest", "newest", "points"]


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """Where a held comment stands. `comments.filing` makes them."""

    version: int
    rank: int  # the smaller, the sooner it is worth a look
    received: int  # ms
    points: int  # thousandths
    terms: tuple[str, ...]  # "kind:value"


@dataclass(frozen=True, slots=True)
class IndexPosition:
    """Where a comment stands in an order; the next page begins behind the last one's."""

    key: int  # by which the order goes, ascending
    slot: int  # which of those with the same key


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """Which held comments, in which order.

    A comment must have one term of each group of `all_of`, and none of `none_of`. A term that ends in "*" stands for
    all that begin so; only words can be looked for in this way.
    """

    all_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()
    order: QueueOrder = "useful"
    limit: int = 20
    after: IndexPosition | None = None
    facets: tuple[str, ...] = ()  # kinds of terms whose commonest values are counted
    counted: tuple[str, ...] = ()  # further terms to be counted, of kinds that are no facets


@dataclass(frozen=True, slots=True)
class IndexHit:
    """One held comment as the index knows it: enough to ask for it, and to settle it as it is."""

    id: str
    version: int
    place: IndexPosition


@dataclass(frozen=True, slots=True)
class IndexResult:
    """`unfiled` are held but not in the index yet; no other count includes them."""

    spots: tuple[IndexHit, ...] = ()
    more: bool = False
    total: int = 0
    unfiled: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # kind -> value -> comments, most first


def facet_limit(kind: str) -> int:
    """How many values of a facet are counted."""
    return LONG_FACETS.get(kind, FACET_VALUES)


class QueueIndex(Protocol):
    def outdated(self, site: str, n: int) -> list[str]:
        """Ids of comments that may stand in the index otherwise than they should."""

    def update(self, site: str, rows: Sequence[tuple[Comment, IndexEntry | None]]) -> None:
        """Make the index say this of each comment; None takes it out. Stays due if the comment changed meanwhile.

        A decision takes a comment out by itself, in the same step: the index never shows one that is not held.
        """

    def discard(self, site: str, ids: Sequence[str]) -> None:
        """Forget what is due of comments that are not there."""

    def find(self, site: str, sought: IndexQuery) -> IndexResult: ...

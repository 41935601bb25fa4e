"""What a filter is given and what it gives back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from comments.author_rules import AuthorRule
from comments.model import Comment, Signal
from comments.site import Site
from comments.storage.values import TokenCounts


class Mark(StrEnum):
    """What a signal may mean instead of points."""

    HOLD = "hold"  # published by a person only; adds no points, so it can never make a comment spam
    PERSON = "person"  # a person decides, whatever else was seen
    REJECT = "reject"  # spam, whatever speaks for the comment; counts as many points as the site asks for spam


#: Points at strength 1, negative where the signal speaks for the comment; or a mark.
Weight = float | Mark


@dataclass(frozen=True, slots=True)
class Window:
    """A question about the recent past: how many other comments had this value in `seconds`?

    A comment with the value "" is neither noted nor counted. A `shared` window looks at all sites; one that is `told`
    too does so only where sites may hear from each other.
    """

    name: str
    seconds: int
    value: Callable[[Comment], str]
    shared: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known besides the comment itself, gathered before any filter runs. See `comments.storage.Answer`."""

    site: Site
    now: datetime
    counts: Mapping[str, int] = field(default_factory=dict)  # window name -> other comments
    approved: tuple[int, ...] = ()  # of the author by e-mail, then by e-mail and origin; empty without an e-mail
    spam: tuple[int, ...] = ()
    parent_published: bool = True
    thread_closed: bool = False
    thread_opened: datetime | None = None
    corpus: TokenCounts = field(default_factory=TokenCounts)
    rules: tuple[AuthorRule, ...] = ()  # expired ones, and of terms also those that do not fit, are among them
    elsewhere: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # linked domain -> other sites: ham, spam


def counted(n: int, thing: str) -> str:
    """As evidence says it: "1 link", "2 links"."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


class Filter(ABC):
    """One way of looking at a comment. Subclasses are frozen dataclasses; their fields are options."""

    name: ClassVar[str]
    weights: ClassVar[Mapping[str, Weight]] = {}  # of every signal it may give
    windows: ClassVar[tuple[Window, ...]] = ()

    @abstractmethod
    def __call__(self, comment: Comment, facts: Facts) -> Iterable[Signal]:
        """Yield what was seen; nothing, if nothing. Must not do I/O or read a clock."""

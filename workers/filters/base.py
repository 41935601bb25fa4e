"""Base class of filters, and the facts that they get."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from comments.author_rules import AuthorRule
from comments.model import Comment, Signal
from comments.signals import SignalCatalogue
from comments.site import Site
from comments.storage.values import TokenCounts


@dataclass(frozen=True, slots=True)
class Window:
    """A counter: the number of other comments with the same `value` in the last `seconds`.

    A comment with the value "" is not counted. A `shared` window counts the comments of all sites. If it
    `needs_sharing` too, it counts only if the operator turned sharing between sites on (`REPLYGATE_SHARE_REPUTE`).
    """

    name: str
    seconds: int
    value: Callable[[Comment], str]
    shared: bool = False
    needs_sharing: bool = False


@dataclass(frozen=True, slots=True)
class ScorerAnswer:
    """Answer of the operator's scorer (`REPLYGATE_SCORER`) about one comment, or the reason why there is none."""

    probability: float = 0.0  # P(spam)
    reason: str = ""
    failure: str = ""  # "" if the scorer answered
    hold_at: float = 1.0  # probability from which the comment is held


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about one comment, collected before any filter runs. See `comments.storage.values.Evidence`."""

    site: Site
    now: datetime
    counts: Mapping[str, int] = field(default_factory=dict)  # window name -> other comments
    #: Comments that people approved and marked as spam, for each of Comment.author_keys. What the filters decided is
    #: not counted: a verdict of theirs is no evidence for the next one.
    approved: tuple[int, ...] = ()
    spam: tuple[int, ...] = ()
    parent_published: bool = True
    thread_closed: bool = False
    thread_opened: datetime | None = None
    corpus: TokenCounts = field(default_factory=TokenCounts)
    staff_names: frozenset[str] = frozenset()  # names that readers have seen with the staff badge
    rules: tuple[AuthorRule, ...] = ()  # about the author, network and links of the comment; may be expired
    text_rules: tuple[AuthorRule, ...] = ()  # all rules about texts, whether the comment has the text or not
    other_sites: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # linked domain -> sites: ham, spam
    links_approved: bool = False  # people approved a comment of the author with a link or a website
    scorer: ScorerAnswer | None = None  # None if the operator has no scorer

    def approved_under(self, comment: Comment, *keys: str) -> int:
        """Return the most approved comments under one of these keys of the author."""
        if not any(self.approved):  # as for most authors
            return 0
        return max((n for key, n in zip(comment.author_keys, self.approved, strict=False) if key in keys), default=0)

    def spam_under(self, comment: Comment, *keys: str) -> int:
        """Return the most spam under one of these keys of the author."""
        if not any(self.spam):
            return 0
        return max((n for key, n in zip(comment.author_keys, self.spam, strict=False) if key in keys), default=0)


def plural(n: int, noun: str) -> str:
    """Return a count with its noun: "1 link", "2 links"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


class Filter(ABC):
    """A check of one comment. Subclasses are frozen dataclasses; their fields are options.

    `signals` declares every signal that the filter may give; `comments.signals.missing_declarations` checks it.
    """

    name: ClassVar[str]
    signals: ClassVar[SignalCatalogue] = {}
    windows: ClassVar[tuple[Window, ...]] = ()

    @abstractmethod
    def __call__(self, comment: Comment, facts: Facts) -> Iterable[Signal]:
        """Yield the signals that apply. Must not do I/O or read a clock."""

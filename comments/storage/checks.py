"""Checks: verdicts of the judge on comments that it does not decide. Nothing but the answer is stored, for minutes.

The web process asks and reads the answer later, because only judges have the models. A check that gets no answer is
lost: the person asks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from comments.attributes import AttributeAnswer, AttributeQuery
from comments.model import Comment, Decision
from comments.site import Site

#: Seconds for which a check is stored after it was asked or got a part of its answer.
CHECK_SECONDS = 600
#: Largest number of comments in one check.
MAX_CHECKED = 200


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Comments to judge with the settings of `site`, which may differ from those that the site has.

    `comments` are judged as if they arrived now. `ids` name stored comments of the site, which are judged as if they
    came again at their own time: their own decisions and lessons do not count.
    """

    site: Site
    by: str  # name of the person who asks
    asked: datetime
    comments: tuple[Comment, ...] = ()
    ids: tuple[str, ...] = ()
    attributes: AttributeQuery | None = None  # asks for these scores of each of the `comments` too

    @property
    def size(self) -> int:
        return len(self.comments) + len(self.ids)


@dataclass(frozen=True, slots=True)
class CheckedComment:
    """The decision that the filters would make about one comment."""

    id: str
    decision: Decision
    attributes: AttributeAnswer | None = None


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """A check and what is answered of it so far. Stored comments that are gone have no result."""

    request: CheckRequest
    results: tuple[CheckedComment, ...] = ()
    judged: int = 0  # comments of the request that are done
    failed: bool = False  # judging broke off, and the rest gets no answer

    @property
    def is_complete(self) -> bool:
        return self.judged >= self.request.size

    @property
    def decision(self) -> Decision:
        """The decision about the only comment of a complete check."""
        return self.results[0].decision


class Checks(Protocol):
    def ask(self, site: str, request: CheckRequest) -> str:
        """Store a check of a site and return its id. The caller enqueues the job `CHECK` with that id."""

    def add(self, site: str, id: str, start: int, judged: int, results: Sequence[CheckedComment]) -> None:
        """Add the results of `judged` comments of the request, beginning with number `start`.

        A repeat replaces them. Does nothing after the check has expired.
        """

    def fail(self, site: str, id: str) -> None:
        """Record that judging broke off. Does nothing after the check has expired."""

    def answer(self, site: str, id: str) -> CheckAnswer | None:
        """Return the check with its results so far; None if it is unknown or has expired."""

"""Checks: verdicts of the judges on comments that they do not decide.

Programs ask for verdicts on comments of their own, and people try texts and settings. The web process stores a check,
and a judge answers it, because only judges have the models. Checks wait in the same queue as comments: a judge that
dies loses none. Nothing of a check enters the site's comments. Its record expires.

A check becomes a lesson by feedback about it. From then on its comment is stored for as long as it is one, with the
history of a comment that a moderator decided: learning and rebuilds treat both alike.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from comments.attributes import AttributeAnswer, AttributeQuery
from comments.model import Comment, Decision
from comments.pseudonyms import ID_LETTERS, id_of, new_id
from comments.site import Site

from .values import Accepted

#: First letters of the id of a check, which no comment has.
CHECK_PREFIX = "chk_"
#: Seconds for which a check of a person is stored: a tried text, a preview of settings.
CHECK_SECONDS = 600
TOO_MANY_CHECKS = "Too many checks of this site in one minute. Try again a little later."
BUSY_JUDGES = "Too many checks are waiting for a judge. Try again in a moment."
KEY_OF_OTHER_CHECK = "This Idempotency-Key was already used for a different check."
#: Seconds to wait before trying again when too many checks wait for a judge.
BUSY_JUDGES_SECONDS = 2
#: Largest number of comments in one check.
MAX_CHECKED = 200


def new_check_id() -> str:
    return CHECK_PREFIX + new_id()


def named_check_id(name: str) -> str:
    """Return the id of the check with this name, always the same one."""
    return CHECK_PREFIX + id_of(blake2b(name.encode(), digest_size=ID_LETTERS).digest())


def is_check_id(id: str) -> bool:
    return id.startswith(CHECK_PREFIX)


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Comments to judge with the settings of `site`, or with those that the site has then.

    `comments` are judged as if they arrived now. `ids` name stored comments of the site, which are judged as if they
    came again at their own time: their own decisions and lessons do not count.
    """

    site: Site | None
    by: str  # name of the person or program that asks
    asked: datetime
    comments: tuple[Comment, ...] = ()
    ids: tuple[str, ...] = ()
    attributes: AttributeQuery | None = None  # asks for these scores of each of the `comments` too
    counts: bool = False  # windows count the comments like submitted ones

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
    def is_waiting(self) -> bool:
        """True while a judge has still work to do for it."""
        return not (self.failed or self.is_complete)

    @property
    def decision(self) -> Decision:
        """The decision about the only comment of a complete check."""
        return self.results[0].decision


@dataclass(frozen=True, slots=True)
class CheckAdmission:
    """Limits for storing a check, and what identifies a repeated request."""

    seconds: int = CHECK_SECONDS  # for which it is stored
    max_kept: int = 0  # stored checks of programs; beyond that answered ones that expire first are dropped. 0: no limit
    max_waiting: int = 2_000  # checks of a site that wait for a judge
    per_minute: int = 0  # checks of all programs; 0: no limit
    fingerprint: str = ""
    key: str = ""  # digest of the client's Idempotency-Key; "" without one
    batch: int = 100  # as for comments
    max_wakeups: int = 2


PERSONAL_CHECK = CheckAdmission()


class Checks(Protocol):
    def ask(self, site: str, id: str, request: CheckRequest, admission: CheckAdmission = PERSONAL_CHECK) -> Accepted:
        """Store a check and queue it. The caller enqueues a job with the wake-up, if one is returned.

        Raises KeyReused, TooMany, Busy.
        """

    def answer(self, site: str, id: str) -> CheckAnswer | None:
        """Return the check with its results so far; None if it is unknown or has expired."""

    def answers(self, site: str, ids: Sequence[str]) -> list[CheckAnswer | None]:
        """Return several checks in one round trip."""

    def put(self, site: str, answers: Mapping[str, CheckAnswer | None]) -> None:
        """Store the answers of claimed checks. One that still waits is due again at once; None leaves the queue.

        Does nothing else for a check that has expired.
        """

    def forget(self, site: str, id: str) -> None:
        """Delete a check and its place in the queue. A lesson from it stays."""

    def waiting(self, site: str) -> int:
        """Count the checks that wait for a judge."""

    def kept(self, site: str) -> int:
        """Count the stored checks of programs."""

    def latest(self, site: str, n: int) -> list[CheckAnswer]:
        """Return up to `n` stored checks of programs, those that expire last first."""

    def taught(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        """Return the comments of checks that are lessons, each with the decision that teaches; None for others."""

    def taught_ids(self, site: str) -> list[str]:
        """Return the ids of all checks that are lessons."""

    def teach(self, site: str, before: Comment | None, after: Comment | None) -> bool:
        """Make the comment of a check a lesson (`before` is None), another lesson, or none (`after` is None).

        Counts it for its author as a decision of a moderator is counted. Returns False if the stored one is not
        `before`.
        """


#: Waits up to so many seconds and returns what was announced.
NextAnnounced = Callable[[float], set[str]]


class Announcements(Protocol):
    """Announcements to processes. One that is cut off from the server misses some of them."""

    def listen(self) -> AbstractContextManager[NextAnnounced]:
        """Listen for the ids of comments and checks of all sites that are decided."""

    def listen_for_work(self, site: str, *channels: str) -> AbstractContextManager[NextAnnounced]:
        """Listen for work on a site: its id comes with each new comment and check. Also listen to other `channels`.

        New records of the site need no job while a judge listens. So it claims after each announcement, and once more
        when it has stopped listening.
        """

"""Every deliberate error, each with the one sentence that says when it is raised.

`service/web/errors.py` maps them to HTTP statuses in one table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field of what was sent."""

    field: str
    code: str
    message: str


class ReplygateError(Exception):
    """The base of every error raised on purpose."""


class SettingsInvalid(ReplygateError):
    """Raised at the start when the environment, a policy or the server's own set-up cannot be used."""


class NotFound(ReplygateError):
    """Raised when a thing does not exist, or belongs to somebody else: callers cannot tell which."""


class NotAllowed(ReplygateError):
    """Raised when the caller is known but may not do this."""


class SignInNeeded(NotAllowed):
    """Raised when nobody is signed in, or the session has ended."""


class ActionNotAllowed(ReplygateError):
    """Raised when the lifecycle has no such step from the comment's status."""


class TooLate(ReplygateError):
    """Raised when an author may not change their comment any more."""


class StaleVersion(ReplygateError):
    """Raised when a comment changed after the version that the caller was looking at."""


class Invalid(ReplygateError):
    """Raised when input breaks its rules; carries every problem, not the first one only."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in self.problems))


class KeyReused(ReplygateError):
    """Raised when an Idempotency-Key arrives a second time with a different submission."""


class Refused(ReplygateError):
    """Raised when a submission is turned away for now; `retry_after` is in whole seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class TooMany(Refused):
    """Raised when one origin, or one account, sends faster than its limit allows."""


class Busy(Refused):
    """Raised when the site has as many undecided comments as it may hold."""


class StorageDown(ReplygateError):
    """Raised when the storage server does not answer, or refuses to write."""


#: What can keep an event from its receiver, in a word.
Fault = Literal[
    "address",  # not one that we call
    "header",  # not one that can be sent
    "dns",
    "connect",
    "tls",
    "timeout",
    "broken",  # off, or no HTTP
    "too big",
    "redirect",
    "refused",
    "gone",  # the comment
    "too late",
]


class NotSent(ReplygateError):
    """Raised when a request to somebody else's server got no answer; `kind` says why."""

    def __init__(self, kind: Fault) -> None:
        self.kind = kind
        super().__init__(kind)

"""Deliberate errors. `service/web/errors.py` maps them to HTTP statuses in one table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem with one field of a request."""

    field: str
    code: str
    message: str


class ReplygateError(Exception):
    """Base of every error raised on purpose."""


class SettingsInvalid(ReplygateError):
    """Raised at startup if the environment, a policy or the storage server's configuration cannot be used."""


class NotFound(ReplygateError):
    """Raised if something does not exist or the caller has no access to it; the two look the same."""


class SiteDeleted(NotFound):
    """Raised for a site whose owner deleted it. Until its data is removed, owners can restore it."""


class NotAllowed(ReplygateError):
    """Raised if the caller may not do this."""


class SignInNeeded(NotAllowed):
    """Raised if no one is signed in, or the session has ended."""


class ActionNotAllowed(ReplygateError):
    """Raised if the comment's status does not allow the action."""


class TooLate(ReplygateError):
    """Raised if the time to edit a comment is over."""


class StaleVersion(ReplygateError):
    """Raised if a comment changed after the version that the caller saw."""


class SiteTaken(StaleVersion):
    """Raised if an import would write to a site that exists."""


class Invalid(ReplygateError):
    """Raised for invalid input, with every problem of every field."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.message}" for p in self.problems))


class CommentsPaused(Invalid):
    """Raised for a new comment on a site that accepts none for now."""

    def __init__(self) -> None:
        super().__init__([Problem("thread", "paused", "Comments are paused. Please try again later.")])


class IntakePaused(CommentsPaused):
    """Raised for a new comment or check while an operator refuses them; `retry_after` is in whole seconds."""

    retry_after = 60


class KeyReused(ReplygateError):
    """Raised if an Idempotency-Key is used again for a different submission."""


class Refused(ReplygateError):
    """Raised if a submission is refused for now; `retry_after` is in whole seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class TooMany(Refused):
    """Raised if one network or one account exceeds its rate limit."""


class Busy(Refused):
    """Raised if the site has its maximum of queued comments."""


class StorageDown(ReplygateError):
    """Raised if the storage server does not respond or refuses to write."""


class StorageRefuses(StorageDown):
    """Raised if the storage server responds, but cannot work now: it is full, for example."""


#: Reasons why a request to another server failed.
Fault = Literal[
    "address",  # not allowed
    "header",  # cannot be sent
    "dns",
    "connect",
    "tls",
    "timeout",
    "broken",  # connection lost, or not HTTP
    "too big",
    "redirect",
    "refused",
    "gone",  # the comment no longer exists
    "too late",
]


class NotSent(ReplygateError):
    """Raised if a request to another server got no answer; `kind` is the reason."""

    def __init__(self, kind: Fault) -> None:
        self.kind = kind
        super().__init__(kind)

"""The errors of the client. Each type of problem that the server reports has a class of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


class ClientError(Exception):
    """Base of every error of the client."""


class NoAnswerError(ClientError):
    """Raised if the last attempt got no answer. The server may have done what was asked."""


class UnexpectedAnswerError(ClientError):
    """Raised if the answer does not come from a Replygate server of a suitable version."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One problem with one field of the request."""

    field: str
    code: str
    message: str


class ProblemError(ClientError):
    """Raised for an answer that reports a problem (RFC 9457)."""

    type: ClassVar[str] = ""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        problems: tuple[FieldFault, ...] = (),
        retry_after: float | None = None,
        document: Mapping[str, object] | None = None,
    ) -> None:
        self.status, self.title, self.detail, self.problems = status, title, detail, problems
        self.retry_after = retry_after  # in seconds, if the server named a time
        self.document = document or {}  # the whole problem, with fields of its own such as `comment`
        faults = "; ".join(f"{fault.field}: {fault.message}" for fault in problems)
        super().__init__(": ".join(part for part in (title, detail, faults) if part))


class SignInNeededError(ProblemError):
    """Raised without a key, and for a key that is not valid."""

    type = "sign-in-needed"


class NotAllowedError(ProblemError):
    """Raised if the key does not allow this."""

    type = "not-allowed"


class CommentsPausedError(ProblemError):
    """Raised for a new comment on a site that accepts none for now."""

    type = "comments-paused"


class NotFoundError(ProblemError):
    """Raised if something does not exist, or the key may not see it."""

    type = "not-found"


class SiteDeletedError(ProblemError):
    """Raised for a site whose owner deleted it."""

    type = "site-deleted"


class TooLateError(ProblemError):
    """Raised if the time to edit a comment is over."""

    type = "too-late"


class StaleVersionError(ProblemError):
    """Raised if the comment changed after the version that you saw; `document["comment"]` is its state now."""

    type = "stale-version"


class ActionNotAllowedError(ProblemError):
    """Raised if the comment's status does not allow the action."""

    type = "action-not-allowed"


class InvalidError(ProblemError):
    """Raised for invalid fields; `problems` has each of them."""

    type = "invalid"


class KeyReusedError(ProblemError):
    """Raised if an Idempotency-Key is used again for another submission."""

    type = "key-reused"


class TooManyError(ProblemError):
    """Raised if a rate limit is exceeded, also after the retries."""

    type = "too-many"


class BusyError(ProblemError):
    """Raised if the site has too many undecided comments, also after the retries."""

    type = "busy"


class StorageDownError(ProblemError):
    """Raised if the server's storage does not respond, also after the retries."""

    type = "storage-down"


PROBLEM_ERRORS: Mapping[str, type[ProblemError]] = {
    f"urn:replygate:{error.type}": error for error in ProblemError.__subclasses__()
}
#: Errors of Flask and Werkzeug have no type of their own, so the status decides.
_BY_STATUS: Mapping[int, type[ProblemError]] = {401: SignInNeededError, 403: NotAllowedError, 404: NotFoundError}


def problem_error(status: int, document: object, retry_after: float | None) -> ProblemError:
    """Return the error for a problem document, or for an error answer of a proxy, which has none."""
    fields = document if isinstance(document, Mapping) else {}
    listed = fields.get("problems")
    faults = tuple(
        FieldFault(*(str(each.get(name, "")) for name in ("field", "code", "message")))
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, Mapping)
    )
    kind = PROBLEM_ERRORS.get(str(fields.get("type")), _BY_STATUS.get(status, ProblemError))
    title, detail = str(fields.get("title") or f"HTTP status {status}"), str(fields.get("detail") or "")
    return kind(status, title, detail, faults, retry_after, fields)

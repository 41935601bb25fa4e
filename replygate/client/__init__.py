"""The Python client of Replygate's API, typed, for programs with and without asyncio. Needs `replygate[client]`.

It imports nothing of the service. See docs/clients.md.
"""

from .answers import (
    AcceptedComment,
    CheckResult,
    CommentList,
    CommentStatus,
    PublicComment,
    StoredRule,
)
from .asynchronous import AsyncClient
from .attempts import RetryPolicy
from .blocking import Client
from .failures import (
    ActionNotAllowedError,
    BusyError,
    ClientError,
    CommentsPausedError,
    InvalidError,
    KeyReusedError,
    NoAnswerError,
    NotAllowedError,
    NotFoundError,
    ProblemError,
    SignInNeededError,
    SiteDeletedError,
    StaleVersionError,
    StorageDownError,
    TooLateError,
    TooManyError,
    UnexpectedAnswerError,
)
from .review_answers import CommentWithNotes, NoteResponse, ReviewedComment, ReviewPage
from .targets import ClientSettingsError

__all__ = [
    "AcceptedComment",
    "ActionNotAllowedError",
    "AsyncClient",
    "BusyError",
    "CheckResult",
    "Client",
    "ClientError",
    "ClientSettingsError",
    "CommentList",
    "CommentStatus",
    "CommentWithNotes",
    "CommentsPausedError",
    "InvalidError",
    "KeyReusedError",
    "NoAnswerError",
    "NotAllowedError",
    "NotFoundError",
    "NoteResponse",
    "ProblemError",
    "PublicComment",
    "RetryPolicy",
    "ReviewPage",
    "ReviewedComment",
    "SignInNeededError",
    "SiteDeletedError",
    "StaleVersionError",
    "StorageDownError",
    "StoredRule",
    "TooLateError",
    "TooManyError",
    "UnexpectedAnswerError",
]

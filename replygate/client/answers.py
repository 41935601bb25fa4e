"""The answers of the API as frozen dataclasses. Each has the name and the fields of its schema in the OpenAPI document.

Statuses and actions are text, because a newer server may have more of them.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AcceptedComment:
    """A comment that the server stored. `receipt` is the author's secret for its status, edits and withdrawal."""

    id: str
    status: str  # `pending`, or the verdict if you waited for it
    received: datetime
    receipt: str
    author_secret: str
    status_url: str


@dataclass(frozen=True, slots=True)
class CommentStatus:
    """The status of a comment for its author."""

    id: str
    status: str
    received: datetime
    reason: str
    content: str
    edit: str
    edit_reason: str
    seconds_to_edit: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class PublicComment:
    """A published comment, or the stub of one that was taken down. `content` is plain text, `html` is sanitized."""

    id: str
    thread: str
    parent: str
    depth: int
    author: str
    url: str
    verified: bool
    role: str
    avatar: str
    content: str
    html: str
    received: datetime | None
    pinned: bool = False
    removed: bool = False
    replies: int = 0
    more: str = ""


@dataclass(frozen=True, slots=True)
class CommentList:
    """One page of a thread. `next` is the cursor of the next page."""

    comments: tuple[PublicComment, ...]
    total: int
    next: str
    version: int


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule of the site, or of all sites of the server."""

    name: str
    kind: str
    value: str
    effect: str
    expires: datetime | None
    reason: str
    fields: tuple[str, ...]
    inside: bool
    enabled: bool
    shared: bool
    by: str
    added: datetime
    hits: int
    last_hit: datetime | None


@dataclass(frozen=True, slots=True)
class ThreadDetailsAnswer:
    """Title and address of a thread."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class PlannedThreadMove:
    """The effect of moving one thread: `move`, `merge`, `alias` or `none`."""

    old: str
    new: str
    comments: int
    effect: str


@dataclass(frozen=True, slots=True)
class CheckReason:
    """A finding of the filters about a checked comment."""

    name: str
    title: str
    sentence: str
    strength: float
    points: float


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check: `waiting`, `answered` or `failed`. The verdict is `ham`, `unsure` or `spam`, or empty without one."""

    id: str
    status: str
    asked: datetime
    verdict: str
    probability: float | None
    points: float
    unsure_at: float
    spam_at: float
    reasons: tuple[CheckReason, ...]
    counterfactual: str
    feedback: str

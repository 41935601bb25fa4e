"""The answers of the API as frozen dataclasses. Each has the name and the fields of its schema in the OpenAPI document.

Statuses and actions are text, because a newer server may have more of them.
"""

from collections.abc import Mapping
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
class ReviewedClue:
    """A part of the text that led to a signal."""

    text: str
    source: str
    tone: str


@dataclass(frozen=True, slots=True)
class ReviewedSignal:
    """One observation of a filter, in a comment's history."""

    name: str
    points: float
    strength: float
    evidence: str
    holds: bool


@dataclass(frozen=True, slots=True)
class ExplainedSignal:
    """One observation of a filter, with an explanation for people."""

    name: str
    points: float
    strength: float
    evidence: str
    holds: bool
    title: str
    sentence: str
    tone: str
    clues: tuple[ReviewedClue, ...]


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """One of the main reasons, in a few words."""

    title: str
    tone: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """The decision of the filters: points, thresholds, signals, and the smallest change that would approve."""

    by: str
    status: str
    score: float
    hold_at: float
    spam_at: float
    probability: float | None
    policy: str
    at: datetime
    signals: tuple[ExplainedSignal, ...]
    approved_if: str
    summary: tuple[SummaryItem, ...]


@dataclass(frozen=True, slots=True)
class ReviewedDecision:
    """One decision in a comment's history."""

    action: str
    before: str
    status: str
    role: str
    by: str
    at: datetime
    policy: str
    score: float
    reason: str
    replaced: str
    signals: tuple[ReviewedSignal, ...]


@dataclass(frozen=True, slots=True)
class ReviewedComment:
    """A comment as moderators see it. Send `version` back with a decision."""

    id: str
    site: str
    thread: str
    parent: str
    revises: str
    received: datetime
    status: str
    version: int
    author: str
    verified: bool
    role: str
    email: str
    url: str
    content: str
    html: str
    origin: str
    network_56: str
    network_48: str
    user_agent: str
    referrer: str
    reasons: Reasons | None
    decisions: tuple[ReviewedDecision, ...]
    actions: tuple[str, ...]
    undoable: bool
    hides_replies: bool


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a filter, and the number of listed comments that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of a list of comments for moderators."""

    comments: tuple[ReviewedComment, ...]
    next: str
    counts: Mapping[str, int]
    total: int
    unindexed: int
    facets: Mapping[str, tuple[FacetValue, ...]]


@dataclass(frozen=True, slots=True)
class NoteResponse:
    """A note for other moderators."""

    by: str
    at: datetime
    text: str


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

"""The answers of the review API: comments with the reasons of the filters, their history and notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


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
    text_deleted: str = ""  # note in place of a text that was deleted after its time


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
    """A note for other moderators. With an action, it proposes that decision about a version of the comment."""

    by: str
    at: datetime
    text: str
    action: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class CommentWithNotes:
    """A comment with the notes about it, the oldest first."""

    comment: ReviewedComment
    notes: tuple[NoteResponse, ...]

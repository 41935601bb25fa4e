"""Rows of an export as they will be imported, and their form in the plan."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from comments.storage.codec import milliseconds

from .source_rows import CommentKind, SourceComment, SourceStatus, TextForm


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Choices of the person who imports."""

    pingbacks: bool = False  # import pingbacks and trackbacks as comments
    unpublished: bool = False  # import the comments of drafts, private pages and pages with a password


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A thread with its title, and True if it is closed."""

    thread: str
    title: str
    closed: bool


@dataclass(frozen=True, slots=True)
class PlannedComment:
    """A comment with its thread and the old id of the comment that it is below; "" at the top."""

    comment: SourceComment
    thread: str
    above: str
    has_replies: bool
    teaches: bool
    source: str  # name of the website or account that the export is from


Planned = PlannedPage | PlannedComment


def stored_milliseconds(comment: SourceComment) -> int:
    return milliseconds(comment.received) if comment.received else 0


def planned_status(comment: SourceComment) -> str:
    has_text = bool(comment.content.strip())
    return comment.status.value if has_text else SourceStatus.DELETED.value


def kind_problem(comment: SourceComment) -> str:
    return "" if comment.kind is CommentKind.COMMENT else "pingbacks or trackbacks"


def packed_row(comment: SourceComment) -> str:
    return json.dumps(asdict(replace(comment, received=None)), ensure_ascii=False)


def unpacked_row(row: str) -> SourceComment:
    found: dict[str, Any] = json.loads(row)
    return SourceComment(**{**found, "form": TextForm(found["form"]), "kind": CommentKind(found["kind"])})

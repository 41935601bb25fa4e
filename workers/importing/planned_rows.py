"""Rows of an export as they will be imported, and their form in the plan."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from comments.storage.codec import milliseconds, moment

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
    if comment.kind is CommentKind.OTHER:
        return f"of the type “{comment.other_kind}”, which is not for readers"
    return "" if comment.kind is CommentKind.COMMENT else "pingbacks or trackbacks"


def packed_row(comment: SourceComment) -> str:
    """Return the row as JSON, without its time, which is stored apart. Fields with their default are left out."""
    kept = {name: value for name, default in _FIELDS if (value := getattr(comment, name)) != default}
    return json.dumps(kept, ensure_ascii=False)


def unpacked_row(row: str, received: int) -> SourceComment:
    found: dict[str, Any] = json.loads(row)
    for name, kind in _ENUMS.items():
        if name in found:
            found[name] = kind(found[name])
    return SourceComment(**found, received=moment(received))


_FIELDS = tuple((f.name, f.default) for f in fields(SourceComment) if f.name != "received")
_ENUMS = {"form": TextForm, "kind": CommentKind, "status": SourceStatus}


def packed_batch(rows: Iterable[Planned]) -> bytes:
    """Return planned rows as compressed JSON."""
    return zlib.compress(json.dumps([_packed_planned(row) for row in rows], ensure_ascii=False).encode(), 1)


def unpacked_batch(packed: bytes) -> list[Planned]:
    return [_unpacked_planned(row) for row in json.loads(zlib.decompress(packed))]


def _packed_planned(row: Planned) -> list[Any]:
    if isinstance(row, PlannedPage):
        return [row.thread, row.title, row.closed]
    c = row.comment
    return [row.thread, row.above, row.has_replies, row.teaches, row.source, stored_milliseconds(c), packed_row(c)]


def _unpacked_planned(row: list[Any]) -> Planned:
    if len(row) == len(fields(PlannedPage)):
        return PlannedPage(*row)
    thread, above, has_replies, teaches, source, received, packed = row
    return PlannedComment(unpacked_row(packed, received), thread, above, has_replies, teaches, source)

"""Comments whose labels are known, read from JSON lines: a labelled file, or what `replygate export` wrote."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from comments.errors import Invalid, Problem
from comments.lifecycle import LESSON, Label, Role, Status
from comments.model import Comment

LABELS = {"spam": True, "ham": False, "honest": False}
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
#: Of the lines' fields those that a comment has; `text` is another name for `content`.
FIELDS = ("author", "email", "url", "content", "thread", "origin", "identity")


@dataclass(frozen=True, slots=True)
class Example:
    """A comment as it came in, and what it was."""

    comment: Comment
    spam: bool
    source: str = ""  # where it was collected, where the file says so


def read(lines: Iterable[str]) -> list[Example]:
    """In the order of the file; lines without a label are left out. Raises Invalid for a line that is no comment."""
    return [example for n, line in enumerate(lines, 1) if line.strip() for example in _example(n, line)]


def _example(n: int, line: str) -> Iterator[Example]:
    try:
        values = json.loads(line)
        label = _label(values)
        if label is not None:
            yield Example(_comment(n, values), label, str(values.get("source") or ""))
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise Invalid([Problem(f"line {n}", "not-a-comment", "is no comment with a text and a label")]) from error


def _label(values: dict[str, Any]) -> bool | None:
    """True for spam. Of an export, only what people decided says what a comment was."""
    if "kind" not in values:
        return LABELS.get(values["label"])
    people = [d for d in values.get("decisions", ()) if d["role"] == Role.MODERATOR]
    lesson = LESSON.get(Status(values["status"])) if people else None
    return None if lesson is None else lesson is Label.SPAM


def _comment(n: int, values: dict[str, Any]) -> Comment:
    """Nobody decided about it yet; it came a minute after the one before, unless the line says when."""
    values = {"content": values.get("text"), "thread": str(values.get("group") or "thread"), **values}
    known: dict[str, Any] = {name: str(values[name]) for name in FIELDS if values.get(name)}
    if not isinstance(values["content"], str):
        raise TypeError("a text is a string")
    came = values.get("received") or values.get("ts")
    received = _moment(came) if came else EPOCH + timedelta(minutes=n)
    return replace(Comment(f"line-{n}", "", "thread", received), **known)


def _moment(came: object) -> datetime:
    moment = datetime.fromtimestamp(came, UTC) if isinstance(came, int | float) else datetime.fromisoformat(str(came))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

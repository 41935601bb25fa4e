"""Comments whose labels are known, read from JSON lines: a labelled file, or what `replygate export` wrote."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from comments.errors import Invalid, Problem
from comments.lifecycle import LESSON, Label, Role, Status
from comments.model import Comment
from comments.validation import tidied

#: What files call spam (True) and honest comments, in lower case.
LABELS: Mapping[str, bool] = {
    **dict.fromkeys(("spam", "1", "true"), True),
    **dict.fromkeys(("ham", "honest", "not spam", "approved", "0", "false"), False),
}
UNDECIDED = "not decided by a person"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
#: Of the lines' fields those that a comment has; `text` is another name for `content`.
FIELDS = ("author", "email", "url", "content", "thread", "origin", "identity", "trap", "form_token", "form_proof")
#: Lines that are told to be wrong; a file of another kind has nothing else.
MOST_TOLD = 10
#: Greater times are in milliseconds: in seconds this is the year 5138.
SECONDS = 1e11


@dataclass(frozen=True, slots=True)
class Example:
    """A comment as it came in, and what it was."""

    comment: Comment
    spam: bool
    source: str = ""  # where it was collected, where the file says so


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. `examples` are in the order of time."""

    examples: tuple[Example, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)  # labels that are neither -> lines
    timeless: int = 0  # lines without a time that can be read; where there are any, no time counts


class _Wrong(Exception):
    """Raised for a line that cannot be used."""


def read(lines: Iterable[str | bytes]) -> Reading:
    """Raises Invalid with the first lines that are no comments with a text and a label."""
    examples: list[Example] = []
    left_out: Counter[str] = Counter()
    problems: list[Problem] = []
    for n, line in enumerate(lines, 1):
        try:
            if values := _values(line):
                label, spam = _label(values)
                if spam is None:
                    left_out[label] += 1
                else:
                    examples.append(Example(_comment(n, values), spam, str(values.get("source") or "")))
        except _Wrong as error:
            problems.append(Problem(f"line {n}", "not-a-comment", str(error)))
    if problems:
        raise Invalid(_told(problems))
    timeless = sum(example.comment.received == EPOCH for example in examples)
    return Reading(tuple(_by_chance(examples) if timeless else _by_time(examples)), left_out, timeless)


def _told(problems: Sequence[Problem]) -> Sequence[Problem]:
    beyond = len(problems) - MOST_TOLD
    return (*problems[:MOST_TOLD], Problem("and", "not-a-comment", f"{beyond} more")) if beyond > 0 else problems


def _by_time(examples: Iterable[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: example.comment.received)


def _by_chance(examples: Iterable[Example]) -> Iterable[Example]:
    """A minute apart, in an order that is the same each time: files without times are often sorted by label."""
    drawn = sorted(examples, key=lambda example: blake2b(example.comment.id.encode()).digest())
    for n, example in enumerate(drawn, 1):
        yield replace(example, comment=replace(example.comment, received=EPOCH + timedelta(minutes=n)))


def _values(line: str | bytes) -> dict[str, Any] | None:
    """None for what is no comment in files that are in order: an empty line, the site of an export."""
    if not line.strip():
        return None
    try:
        values = json.loads(line)
    except ValueError as error:
        raise _Wrong("is no JSON in UTF-8") from error
    if not isinstance(values, dict):
        raise _Wrong("is no JSON object")
    return None if values.get("kind") == "site" else values


def _label(values: dict[str, Any]) -> tuple[str, bool | None]:
    """As the line has it, and whether that is spam; None for neither.

    Of an export, only what people decided says what a comment was.
    """
    if values.get("kind") == "comment":
        people = any(d["role"] == Role.MODERATOR for d in values.get("decisions", ()))
        lesson = LESSON.get(Status(values["status"])) if people else None
        return UNDECIDED, None if lesson is None else lesson is Label.SPAM
    if "label" not in values:
        raise _Wrong("has no label")
    label = str(values["label"]).strip().lower()
    return label, LABELS.get(label)


def _comment(n: int, values: dict[str, Any]) -> Comment:
    """As it came through the door, at the time that the line says, or at EPOCH. Nobody decided about it yet."""
    values = {"content": values.get("text"), "thread": str(values.get("group") or "thread"), **values}
    if not isinstance(values["content"], str):
        raise _Wrong("has no text")
    known: dict[str, Any] = tidied({name: str(values[name]) for name in FIELDS if values.get(name)})
    came = values.get("received") or values.get("ts")
    return replace(Comment(f"line-{n}", "", "thread", (came and _moment(came)) or EPOCH), **known)


def _moment(came: object) -> datetime | None:
    """Of ISO 8601, or of seconds or milliseconds since 1970; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(came))
    except ValueError:
        return _since_1970(str(came))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _since_1970(number: str) -> datetime | None:
    try:
        seconds = float(number)
        return datetime.fromtimestamp(seconds / 1000 if seconds > SECONDS else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None

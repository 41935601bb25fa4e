"""Read labelled comments from JSON lines: a labelled file, or one that `replygate export` wrote."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from comments.archive.export_lines import is_other_line
from comments.errors import Invalid, Problem
from comments.lifecycle import LESSON, Label, Role, Status
from comments.model import Comment
from comments.validation import tidied

#: Names of the labels in files, in lower case -> whether it is spam.
LABEL_NAMES: Mapping[str, bool] = {
    **dict.fromkeys(("spam", "1", "true"), True),
    **dict.fromkeys(("ham", "honest", "not spam", "approved", "0", "false"), False),
}
NOT_DECIDED = "not decided by a moderator"
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
#: Fields of a line that go into the comment. `text` is another name for `content`.
COMMENT_FIELDS = (
    "author",
    "email",
    "url",
    "content",
    "thread",
    "origin",
    "identity",
    "trap",
    "form_token",
    "form_proof",
)
#: Problems that are listed, at most. A file of another kind has one in every line.
MAX_PROBLEMS = 10
#: Greater times are milliseconds. As seconds this is the year 5138.
SECONDS = 1e11


@dataclass(frozen=True, slots=True)
class Example:
    """A comment as it was submitted, and its label."""

    comment: Comment
    spam: bool
    source: str = ""  # where it was collected, if the file has it


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of a file. `examples` are in order of time."""

    examples: tuple[Example, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)  # unknown label -> lines
    timeless: int = 0  # lines without a readable time; if there are any, all times are ignored


class _Wrong(Exception):
    """Raised for a line that cannot be used."""


def read(lines: Iterable[str | bytes]) -> Reading:
    """Read all lines. Raises Invalid, which lists the first lines without a text or a label."""
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
        raise Invalid(_first_problems(problems))
    timeless = sum(example.comment.received == NO_TIME for example in examples)
    ordered = _shuffle(examples) if timeless else sorted(examples, key=lambda example: example.comment.received)
    return Reading(tuple(ordered), left_out, timeless)


def _first_problems(problems: Sequence[Problem]) -> Sequence[Problem]:
    beyond = len(problems) - MAX_PROBLEMS
    return (*problems[:MAX_PROBLEMS], Problem("and", "not-a-comment", f"{beyond} more")) if beyond > 0 else problems


def _shuffle(examples: Iterable[Example]) -> Iterable[Example]:
    """Shuffle reproducibly, and set times a minute apart. Files without times are often sorted by label."""
    drawn = sorted(examples, key=lambda example: blake2b(example.comment.id.encode()).digest())
    for n, example in enumerate(drawn, 1):
        yield replace(example, comment=replace(example.comment, received=NO_TIME + timedelta(minutes=n)))


def _values(line: str | bytes) -> dict[str, Any] | None:
    """Parse one line. Returns None for an empty line and for all lines of an export but comments."""
    if not line.strip():
        return None
    try:
        values = json.loads(line)
    except ValueError as error:
        raise _Wrong("is not JSON in UTF-8") from error
    if not isinstance(values, dict):
        raise _Wrong("is not a JSON object")
    return None if is_other_line(values.get("kind")) else values


def _label(values: dict[str, Any]) -> tuple[str, bool | None]:
    """Return the label as written, and whether it is spam; None for an unknown label.

    In an export, only decisions of moderators count as labels.
    """
    if values.get("kind") == "comment":
        people = any(d["role"] == Role.MODERATOR for d in values.get("decisions", ()))
        lesson = LESSON.get(Status(values["status"])) if people else None
        return NOT_DECIDED, None if lesson is None else lesson is Label.SPAM
    if "label" not in values:
        raise _Wrong("has no label")
    label = str(values["label"]).strip().lower()
    return label, LABEL_NAMES.get(label)


def _comment(n: int, values: dict[str, Any]) -> Comment:
    """Return the comment as submitted, undecided, at the time in the line or at NO_TIME."""
    values = {"content": values.get("text"), "thread": str(values.get("group") or "thread"), **values}
    if not isinstance(values["content"], str):
        raise _Wrong("has no text")
    values_by_field: dict[str, Any] = tidied({name: str(values[name]) for name in COMMENT_FIELDS if values.get(name)})
    came = values.get("received") or values.get("ts")
    return replace(Comment(f"line-{n}", "", "thread", (came and _moment(came)) or NO_TIME), **values_by_field)


def _moment(came: object) -> datetime | None:
    """Parse ISO 8601, or seconds or milliseconds since 1970. Returns None for other text."""
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

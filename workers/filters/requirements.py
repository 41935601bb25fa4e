"""Requirements: what was checked at the door, checked again when the comment is judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import ClassVar

from comments.model import Comment, Signal
from comments.validation import field_problems
from comments.visitor_fields import VISITOR_FIELDS

from .base import Facts, Filter, Mark, Weight, counted

CHECKED = ("thread", "parent", *VISITOR_FIELDS)
_checked = attrgetter(*CHECKED)


@dataclass(frozen=True)
class Requirements(Filter):
    """Between the door and here a limit may have been lowered, a thread closed, a parent taken down.

    That is nobody's fault, so it holds and never makes a comment spam.
    """

    name = "requirements"
    weights: ClassVar[Mapping[str, Weight]] = {
        "requirements.fields": Mark.HOLD,
        "requirements.parent": Mark.HOLD,
        "requirements.thread": Mark.HOLD,
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        site, opened = facts.site, facts.thread_opened
        if wrong := field_problems(dict(zip(CHECKED, _checked(comment), strict=True)), site):
            yield Signal("requirements.fields", 1.0, ", ".join(f"{p.field}: {p.code}" for p in wrong))
        if comment.parent and not facts.parent_published:
            yield Signal("requirements.parent", 1.0, "the comment replied to is not published")
        if facts.thread_closed:
            yield Signal("requirements.thread", 1.0, "the thread is closed")
        elif site.close_after_days and opened and comment.received - opened > timedelta(days=site.close_after_days):
            yield Signal(
                "requirements.thread", 1.0, f"the thread is older than {counted(site.close_after_days, 'day')}"
            )

"""Requirements: the site's rules for fields, thread and parent, checked again at judging time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import attrgetter
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from comments.validation import field_problems
from comments.visitor_fields import VISITOR_FIELDS

from .base import Facts, Filter, plural

#: Fields and problems in plain words.
_FIELDS = {
    "author": "the name",
    "email": "the email address",
    "url": "the website",
    "content": "the text",
    "thread": "the page",
}
_PROBLEMS = {
    "required": "is missing",
    "email": "is no email address",
    "url": "is no web address",
    "too-long": "is too long",
    "address-too-long": "is too long",
    "control": "has control characters",
    "marks": "has too many marks on one letter",
}
CHECKED = ("thread", "parent", *VISITOR_FIELDS)
_checked = attrgetter(*CHECKED)


@dataclass(frozen=True)
class RequirementFilter(Filter):
    """Holds a comment if, since it was accepted, a limit was lowered, its thread closed or its parent removed.

    The author could not know that, so these signals never make a comment spam.
    """

    name = "requirements"
    signals: ClassVar[SignalCatalogue] = {
        "requirements.fields": SignalInfo(
            Override.HOLD,
            "a field breaks the site's rules, which changed after the comment was accepted",
            "every field met the site's rules",
            title="Field breaks a rule",
            sentence="A field does not meet the site's rules: {evidence}.",
            tone="warn",
        ),
        "requirements.parent": SignalInfo(
            Override.HOLD,
            "the parent comment is no longer published",
            "the comment it answers were published",
            title="Reply to a hidden comment",
            sentence="The comment that this one answers is not published.",
            tone="warn",
        ),
        "requirements.thread": SignalInfo(
            Override.HOLD,
            "the thread is closed, or older than the site's `close_after_days`",
            "the thread were open",
            title="Thread is closed",
            sentence="{evidence}.",
            tone="warn",
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        site, opened = facts.site, facts.thread_opened
        if comment.user:
            site = replace(site, required=tuple(name for name in site.required if name not in ("author", "email")))
        if wrong := field_problems(dict(zip(CHECKED, _checked(comment), strict=True)), site):
            yield Signal(
                "requirements.fields",
                1.0,
                ", ".join(f"{_FIELDS.get(p.field, p.field)} {_PROBLEMS.get(p.code, 'is not accepted')}" for p in wrong),
            )
        if comment.parent and not facts.parent_published:
            yield Signal("requirements.parent", 1.0, "The parent comment is not published")
        if facts.thread_closed:
            yield Signal("requirements.thread", 1.0, "The thread is closed")
        elif site.close_after_days and opened and comment.received - opened > timedelta(days=site.close_after_days):
            yield Signal("requirements.thread", 1.0, f"The thread is older than {plural(site.close_after_days, 'day')}")

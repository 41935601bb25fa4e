"""Readers' reports of published comments: how they are told, and when so many ask for a person.

Readers alone never decide and never teach. What they report is held at most, and what a person approved stays.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from .lifecycle import Action, Role, Status
from .model import Comment, Decision, Signal

#: What a reader may say is wrong with a comment.
Wrong = Literal["spam", "abuse", "other"]
#: Who decided, in histories. Not a possible moderator's name.
READERS = "its readers"
#: The signal of what was held for it.
REPORTED = "reported.readers"


def words(tally: Mapping[str, int]) -> str:
    """Of reports, as what is wrong -> networks: "reported by 3 readers as spam and abuse"; "" for none."""
    n = sum(tally.values())
    named = sorted((wrong for wrong in tally if wrong != "other"), key=lambda wrong: (-tally[wrong], wrong))
    said = f" as {' and '.join(named)}" if named else ""
    return f"reported by {n} reader{'' if n == 1 else 's'}{said}" if n else ""


def is_vouched_for(comment: Comment, draft: Comment | None) -> bool:
    """Whether a person approved what a published comment says now: itself, or the edit that it has its words from."""
    edited = draft is not None and draft.status is Status.APPLIED and draft.lesson_decision is not None
    return edited or comment.lesson_decision is not None


def held(comment: Comment, tally: Mapping[str, int], at: datetime) -> Comment:
    """A published comment, held because of its reports. What the filters saw and gave stays as it was.

    Raises ActionNotAllowed for one that is not published.
    """
    verdict = comment.filter_decision or Decision(Action.HOLD, Status.HELD, Role.FILTERS, READERS, at)
    seen = tuple(signal for signal in verdict.signals if signal.name != REPORTED)
    return comment.with_decision(
        replace(
            verdict,
            action=Action.HOLD,
            by=READERS,
            at=at,
            signals=(*seen, Signal(REPORTED, 1.0, words(tally), holds=True)),
            masked=comment.public_content if comment.public_content != comment.content else "",
        )
    )

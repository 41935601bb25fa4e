"""Reports by readers: how they are summarized, and holding a comment because of them.

Reports can hold a comment for review, but never remove it and never train the filters. A comment that a moderator
approved stays published.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from .lifecycle import Action, Role, Status
from .model import Comment, Decision, Signal

#: Reasons that a reader can choose.
ReportReason = Literal["spam", "abuse", "other"]
#: Decided by, in histories. No moderator can have this name.
DECIDED_BY_READERS = "its readers"
#: Signal of a comment that was held because of reports.
REPORTED = "reported.readers"


def report_summary(counts: Mapping[str, int]) -> str:
    """Summarize reports (reason -> networks): "reported by 3 readers as spam and abuse"; "" for none."""
    n = sum(counts.values())
    reasons = sorted((reason for reason in counts if reason != "other"), key=lambda reason: (-counts[reason], reason))
    suffix = f" as {' and '.join(reasons)}" if reasons else ""
    return f"reported by {n} reader{'' if n == 1 else 's'}{suffix}" if n else ""


def is_approved_by_moderator(comment: Comment, draft: Comment | None) -> bool:
    """Return True if a moderator approved the published text: the comment, or the edit it came from."""
    edited = draft is not None and draft.status is Status.APPLIED and draft.lesson_decision is not None
    return edited or comment.lesson_decision is not None


def held_for_reports(comment: Comment, counts: Mapping[str, int], at: datetime) -> Comment:
    """Hold a published comment because of its reports. The filters' signals and points stay.

    Raises ActionNotAllowed for a comment that is not published.
    """
    verdict = comment.filter_decision or Decision(Action.HOLD, Status.HELD, Role.FILTERS, DECIDED_BY_READERS, at)
    seen = tuple(signal for signal in verdict.signals if signal.name != REPORTED)
    return comment.with_decision(
        replace(
            verdict,
            action=Action.HOLD,
            by=DECIDED_BY_READERS,
            at=at,
            signals=(*seen, Signal(REPORTED, 1.0, report_summary(counts), holds=True)),
            masked=comment.public_content if comment.public_content != comment.content else "",
        )
    )

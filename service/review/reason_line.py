"""The line of a row that says why its comment needs review, or who decided about it."""

from dataclasses import dataclass
from datetime import datetime

from comments.lifecycle import Status
from comments.signals import Tone
from service.web.reasons import SPAM_FROM, Reasons

from .presenter import ReviewedComment, ReviewedDecision

#: Part of the points for spam from which a comment is close to it.
NEAR_SPAM = 0.8


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """`at` is the time of a decision."""

    text: str = ""
    tone: Tone = "warn"
    at: datetime | None = None


def reason_line(row: ReviewedComment, reported: str) -> ReasonLine:
    """Return the line of a comment, with the readers' reports first; an empty one without reasons and decisions."""
    if row.status is not Status.HELD:
        return _decided(row.decisions[-1]) if row.decisions else ReasonLine()
    summary = row.reasons.summary if row.reasons else []
    parts = [reported, *(item.title for item in summary)] if reported else [item.title for item in summary]
    is_good = not reported and all(item.tone == "good" for item in summary)
    tone: Tone = "bad" if row.reasons and _is_near_spam(row.reasons) else "good" if is_good else "warn"
    text = " · ".join(parts)
    return ReasonLine(text[:1].upper() + text[1:], tone)


def _is_near_spam(reasons: Reasons) -> bool:
    """True if the points or the probability of spam come close to what the filters mark as spam by themselves."""
    is_probable = reasons.probability is not None and reasons.probability >= SPAM_FROM
    return is_probable or reasons.score >= NEAR_SPAM * reasons.spam_at


def _decided(last: ReviewedDecision) -> ReasonLine:
    tones: dict[Status, Tone] = {Status.APPROVED: "good", Status.APPLIED: "good", Status.SPAM: "bad"}
    by = "the filters" if last.by == "filters" else last.by
    return ReasonLine(f"{last.action.row.past} by {by}", tones.get(last.status, "warn"), last.at)

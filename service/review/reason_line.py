"""The line of a row that says why its comment needs review, or who decided about it."""

from dataclasses import dataclass
from datetime import datetime

from comments.lifecycle import Status
from comments.signals import Tone

from .presenter import ReviewedComment, ReviewedDecision


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
    tones = {item.tone for item in summary}
    worst: Tone = "bad" if "bad" in tones else "warn" if "warn" in tones or reported else "good"
    text = " · ".join(parts)
    return ReasonLine(text[:1].upper() + text[1:], worst)


def _decided(last: ReviewedDecision) -> ReasonLine:
    tones: dict[Status, Tone] = {Status.APPROVED: "good", Status.APPLIED: "good", Status.SPAM: "bad"}
    by = "the filters" if last.by == "filters" else last.by
    return ReasonLine(f"{last.action.row.past} by {by}", tones.get(last.status, "warn"), last.at)

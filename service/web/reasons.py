"""The reasons for a verdict in plain words: for cards, the review API, the test box and other pages."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from comments.explanations import explanation
from comments.learned_evidence import READS_LIKE_HAM, READS_LIKE_SPAM, clues_in
from comments.lifecycle import Status
from comments.model import Decision, Signal
from comments.signals import (
    UNDECLARED,
    SignalCatalogue,
    Tone,
    brief_title,
    signal_sentence,
    signal_title,
    speaks_for_review,
)

#: Reasons in the summary of a comment.
MAX_SUMMARY = 3
#: Points that a page shows as 0.0.
NO_POINTS = 0.05
#: Probabilities of spam below which it speaks for a comment, and from which it is a reason of its own.
HARMLESS_BELOW, SPAM_FROM = 0.2, 0.5

#: Texts for points of the trained models below SPAM_FROM.
UNCERTAIN = {
    "title": "May be advertising",
    "sentence": "A few of its words and traits are more frequent in spam than in published comments.",
    "tone": "warn",
}


class ReviewedSignal(BaseModel):
    """A signal of a filter, its points and its evidence."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    points: float
    strength: float = Field(description="0 to 1")
    evidence: str
    holds: bool = Field(description="needs a human decision, whatever the points")


class ReviewedClue(BaseModel):
    """A word or a trait that the trained models know."""

    text: str = Field(description="a word in quotes, or a trait in plain words")
    source: str = Field(description="lessons of this site that contain it, or the shipped model")
    tone: Tone = Field(description="`bad` if it speaks for spam, `good` if it speaks for the comment")


class ExplainedSignal(ReviewedSignal):
    """A signal in plain words."""

    title: str = Field(description="two to five words")
    sentence: str = Field(description="what was found, as a sentence")
    tone: Tone = Field(description="`good` speaks for the comment, `warn` for a look at it, `bad` for spam or abuse")
    clues: list[ReviewedClue] = Field(description="at most five; only of the trained models")


class SummaryItem(BaseModel):
    """One of the strongest reasons, in a few words."""

    title: str
    tone: Tone


class Reasons(BaseModel):
    """Reasons for the filters' decision: signals that need a human decision first, then by points."""

    by: str = Field(description="`filters`, or `its readers` if their reports sent it to review later")
    status: Status
    score: float = Field(description="sum of all points")
    hold_at: float = Field(description="threshold for review, in points, when this comment was judged")
    spam_at: float = Field(description="threshold for spam, in points, when this comment was judged")
    probability: float | None = Field(description="of spam, by the trained models alone; null if they were not used")
    policy: str
    at: datetime
    signals: list[ExplainedSignal]
    approved_if: str = Field(description="sentence: the smallest change that would have published the comment")
    summary: list[SummaryItem] = Field(description="the strongest reasons, at most three, to be read as one line")


def reasons_of(verdict: Decision | None, signals: SignalCatalogue) -> Reasons | None:
    """Return the reasons for a decision of the filters; None without one."""
    if verdict is None:
        return None
    ordered = sorted(verdict.signals, key=_points_first if verdict.status is Status.SPAM else _order)
    return Reasons(
        by=verdict.by,
        status=verdict.status,
        score=verdict.score,
        hold_at=verdict.hold_at,
        spam_at=verdict.spam_at,
        probability=verdict.probability,
        policy=verdict.policy,
        at=verdict.at,
        signals=[_explained(signal, signals, verdict.probability) for signal in ordered],
        approved_if=explanation(verdict, signals),
        summary=_summary(verdict, ordered, signals),
    )


def _order(signal: Signal) -> tuple[bool, float, float]:
    return not signal.holds, -signal.points, -signal.strength


def _points_first(signal: Signal) -> tuple[float, bool, float]:
    return -signal.points, not signal.holds, -signal.strength


def _explained(signal: Signal, signals: SignalCatalogue, probability: float | None) -> ExplainedSignal:
    explained = ExplainedSignal(
        name=signal.name,
        points=signal.points,
        strength=signal.strength,
        evidence=signal.evidence,
        holds=signal.holds,
        title=signal_title(signals, signal.name),
        sentence=signal_sentence(signals, signal),
        tone=signals.get(signal.name, UNDECLARED).tone,
        clues=list(_clues(signal)) if signal.name in (READS_LIKE_SPAM, READS_LIKE_HAM) else [],
    )
    if signal.name == READS_LIKE_SPAM and probability is not None and probability < SPAM_FROM:
        return explained.model_copy(update=UNCERTAIN)
    return explained


def _clues(signal: Signal) -> Iterator[ReviewedClue]:
    for clue in clues_in(signal.evidence):
        is_spam = clue.is_for is (signal.name == READS_LIKE_SPAM)
        yield ReviewedClue(text=clue.text, source=clue.source, tone="bad" if is_spam else "good")


def _summary(verdict: Decision, ordered: list[Signal], signals: SignalCatalogue) -> list[SummaryItem]:
    """Return the strongest reasons for review; for a comment without any, what speaks for it.

    The probability of spam follows "Looks like advertising" where that is likely, and is an item of its own elsewhere.
    """
    against = [s for s in ordered if s.holds or (speaks_for_review(s) and s.points >= NO_POINTS)]
    chosen = against or [s for s in ordered if s.points < 0]
    p, items = verdict.probability, list[SummaryItem]()
    for signal in chosen[:MAX_SUMMARY]:
        is_likely = p is not None and p >= SPAM_FROM
        if signal.name == READS_LIKE_SPAM and p is not None and not is_likely:
            continue
        title = brief_title(signals, signal)
        if signal.name == READS_LIKE_SPAM and is_likely:
            title += f" {spam_percentage(p or 0.0)}"
        items.append(SummaryItem(title=title, tone=signals.get(signal.name, UNDECLARED).tone))
    is_shown = any(s.name == READS_LIKE_SPAM for s in chosen[:MAX_SUMMARY]) and p is not None and p >= SPAM_FROM
    if p is not None and not is_shown and len(items) < MAX_SUMMARY:
        tone: Tone = "good" if p < HARMLESS_BELOW else "warn" if p < SPAM_FROM else "bad"
        items.append(SummaryItem(title=f"{spam_percentage(p)} spam", tone=tone))
    return [items[0], *map(_continued, items[1:])] if items else []


def _continued(item: SummaryItem) -> SummaryItem:
    return SummaryItem(title=item.title[:1].lower() + item.title[1:], tone=item.tone)


def spam_percentage(probability: float) -> str:
    """Return a probability as a whole number of per cent, never 0 or 100, which would be certain."""
    return f"{min(99, max(1, round(100 * probability)))} %"

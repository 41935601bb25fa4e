"""What would have had to be otherwise for a comment to be approved: the smallest change, computed from its signals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .model import Decision, Signal

#: Of signals that hold a comment whatever its points: what would have had to be otherwise.
UNHELD: Mapping[str, str] = {
    "author.first": "a person had approved one comment of this author here",
    "site.moderation": "this site did not hold every comment",
    "words.hold": "it did not contain {evidence}",
    "words.reject": "it did not contain {evidence}",
    "profanity.word": "it did not contain {evidence}",
    "toxicity.attack": "it did not attack anybody ({evidence})",
    "standing.muted": "this author or network were not muted",
    "requirements.fields": "every field were as the site asks ({evidence})",
    "requirements.parent": "the comment it answers were published",
    "requirements.thread": "the thread were open",
    "filter.failed": "no filter had failed ({evidence})",
    "audit.sample": "it had not been one of those looked at by chance",
    "links.added": "its author had not added a link to {evidence} once it was published",
    "held-before": "it had not been held before its author changed it",
    "needs-human": "the filters had come to an end with it",
}
#: Points this close count as the same: they are kept with three digits.
NEAR = 0.0005


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would have had to be otherwise. `below` says how few points a signal might have given."""

    signal: str
    words: str
    below: float | None = None  # None: without the signal, however strong


def changes(verdict: Decision) -> tuple[Change, ...]:
    """Everything that would have had to be otherwise together; nothing for what was approved.

    Of the ways to be approved the one with the fewest changes: each signal that holds must go, and of those with
    points the strongest is weakened, just far enough; where that is not enough it goes, and so does the next.
    """
    held = tuple(_unheld(signal) for signal in verdict.signals if signal.holds)
    return (*held, *_lighter(verdict))


def words(verdict: Decision) -> str:
    """The same as one sentence; "" for what was approved."""
    found = [change.words for change in changes(verdict)]
    if not found:
        return ""
    *first, last = found
    return f"Approved if {', '.join(first)} and if {last}." if first else f"Approved if {last}."


def _unheld(signal: Signal) -> Change:
    said = UNHELD.get(signal.name, "{name} had not been seen")
    return Change(signal.name, said.format(evidence=signal.evidence or signal.name, name=signal.name))


def _lighter(verdict: Decision) -> Iterator[Change]:
    """Take points away, from the strongest signal on, until fewer are left than the site holds from."""
    excess = verdict.score - verdict.hold_at
    for signal in sorted(verdict.signals, key=lambda s: -s.points):
        if excess < -NEAR or signal.points <= 0:
            return
        left = signal.points - excess
        excess -= signal.points
        if left > NEAR:
            yield Change(
                signal.name, f"{signal.name} gave less than {_n(left)} points instead of {_n(signal.points)}", left
            )
        else:
            yield Change(signal.name, f"{signal.name} were not there")


def _n(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")

"""What would have had to be otherwise for a comment to be approved: the smallest change, computed from its signals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .model import Decision, Signal

#: Of signals that hold a comment whatever its points: what would have had to be otherwise.
UNHELD: Mapping[str, str] = {
    "author.first": "a person had approved one comment of this author here",
    "site.moderation": "this site did not hold every comment",
    "words.hold": "it did not contain {evidence}",
    "profanity.word": "it did not contain {evidence}",
    "toxicity.attack": "it did not attack anybody ({evidence})",
    "standing.muted": "this author or network were not muted",
    "requirements.fields": "every field were as the site asks ({evidence})",
    "requirements.parent": "the comment it answers were published",
    "requirements.thread": "the thread were open",
    "form.proof-missing": "its form had done the work that was asked for",
    "filter.failed": "no filter had failed ({evidence})",
    "audit.sample": "it had not been one of those looked at by chance",
    "links.added": "its author had not added a link to {evidence} once it was published",
    "held-before": "it had not been held before its author changed it",
    "reported.readers": "readers had not reported it",
    "needs-human": "the filters had come to an end with it",
}
#: Of signals with points that are there or not.
ABSENT: Mapping[str, str] = {
    "words.reject": "it did not contain {evidence}",
    "standing.banned": "nobody had banned it ({evidence})",
    "links.only": "it said more beside its links",
    "links.author": "its author had given no website",
    "links.shortener": "it did not link to {evidence}",
    "links.raw-address": "it did not link to {evidence}",
    "links.international": "it did not link to {evidence}",
    "trap.filled": "the hidden field had been left empty",
    "form.token-invalid": "its form had been one of this page",
    "form.token-missing": "it had come by a form of this site",
    "form.too-fast": "its author had taken longer",
}
#: Of signals that can be more or less.
LESS: Mapping[str, str] = {
    "author.spammed": "its author had sent less spam",
    "links.some": "it had fewer links",
    "links.many": "it had fewer links",
    "reputation.spam": "less spam had linked there ({evidence})",
    "reputation.elsewhere": "less spam had linked there ({evidence})",
    "duplicates.here": "its letters had not been posted as often here",
    "duplicates.anywhere": "its letters had not been posted as often elsewhere",
    "near-duplicates.text": "nearly the same had not been posted as often",
    "velocity.origin": "fewer comments had come from its network",
    "velocity.elsewhere": "fewer comments had come from its network to other sites",
    "velocity.site": "fewer comments had come to this site",
    "shouting.capitals": "it had fewer capitals",
    "shouting.repetition": "it repeated itself less",
    "shouting.exclamation": "it had fewer exclamation marks",
    "learned.spam": "it read less like spam ({evidence})",
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
    points the strongest is weakened, just far enough; where that is not enough, or it knows no less, it goes.
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
        yield _less(signal, signal.points - excess)
        excess -= signal.points


def _less(signal: Signal, left: float) -> Change:
    name, evidence = signal.name, signal.evidence or signal.name
    if name in ABSENT:
        return Change(name, ABSENT[name].format(evidence=evidence))
    said = LESS.get(name, "{name} were weaker").format(name=name, evidence=evidence)
    if left <= NEAR:
        return Change(name, f"{said}, for no points instead of {_n(signal.points)}")
    return Change(name, f"{said}, for less than {_n(left)} points instead of {_n(signal.points)}", left)


def _n(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")

"""What an evaluation found, in figures: for people as text, for the page of charts as values."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comments.lifecycle import Action

from .figures import COSTS, Bin, Curve, brier, calibration, calibration_error, curve
from .judging import Verdict

#: Errors that are shown, of either kind; characters of each.
WORST, EXCERPT = 10, 100
OUTCOMES = (Action.APPROVE, Action.HOLD, Action.SPAM)


@dataclass(frozen=True, slots=True)
class Told:
    """A signal: how often it was given for a reason against the comment, and how often that was right."""

    signal: str
    spam: int
    honest: int

    @property
    def precision(self) -> float:
        return self.spam / (self.spam + self.honest)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told about one file."""

    verdicts: tuple[Verdict, ...]
    points: Curve  # by the decision's score
    learned: Curve  # by the learned probability
    bins: tuple[Bin, ...]
    brier: float
    confusion: dict[tuple[bool, Action], int]
    signals: tuple[Told, ...]

    @property
    def microseconds(self) -> float:
        return math.fsum(v.microseconds for v in self.verdicts) / max(1, len(self.verdicts))

    def worst(self, spam: bool) -> list[Verdict]:
        """Spam that was furthest from being held, or honest comments that were furthest beyond it."""
        wrong = [v for v in self.verdicts if v.wrong and v.example.spam is spam]
        return sorted(wrong, key=lambda v: (v.decision.score, v.probability), reverse=not spam)[:WORST]

    def share(self, spam: bool, action: Action) -> float:
        """Of the comments of one label, those that this was done to."""
        n = sum(self.confusion[spam, outcome] for outcome in OUTCOMES)
        return self.confusion[spam, action] / n if n else math.nan


def report(verdicts: Sequence[Verdict]) -> Report:
    spam = [v.example.spam for v in verdicts]
    probabilities = [v.probability for v in verdicts]
    confusion = Counter((v.example.spam, v.decision.action) for v in verdicts)
    return Report(
        tuple(verdicts),
        curve([v.decision.score for v in verdicts], spam),
        curve(probabilities, spam),
        calibration(probabilities, spam),
        brier(probabilities, spam),
        {(label, action): confusion[label, action] for label in (False, True) for action in OUTCOMES},
        _signals(verdicts),
    )


def _signals(verdicts: Sequence[Verdict]) -> tuple[Told, ...]:
    """The most frequent first; those that speak for a comment are not counted."""
    given: dict[str, Counter[bool]] = defaultdict(Counter)
    for verdict in verdicts:
        for name in {s.name for s in verdict.decision.signals if s.points > 0 or s.holds}:
            given[name][verdict.example.spam] += 1
    found = [Told(name, counts[True], counts[False]) for name, counts in given.items()]
    return tuple(sorted(found, key=lambda told: (-told.spam - told.honest, told.signal)))


def text(found: Report) -> Iterator[str]:
    """The report in lines."""
    honest, spam = found.points.honest, found.points.spam
    yield f"{honest + spam} comments: {honest} honest, {spam} spam; {found.microseconds:.0f} µs each"
    first = found.verdicts[0].decision
    yield f"held from {first.hold_at:g} points on, spam from {first.spam_at:g}"
    yield from ("", f"{'':16}" + "".join(f"{name:>10}" for name in ("approved", "held", "spam")))
    for label, name in ((False, "honest"), (True, "spam")):
        shares = "".join(f"{1000 * found.share(label, action):>10.1f}" for action in OUTCOMES)
        yield f"{name:8}of 1,000{shares}"
    if chance := sum(v.by_chance for v in found.verdicts):
        yield f"Of those held, {chance} are shown to a person by chance."
    yield from _sources(found)
    yield from ("", *_ranking(found), "", *_calibration(found), "", *_precision(found))
    for label, title in (
        (False, "Honest comments furthest from being published"),
        (True, "Spam furthest from being held"),
    ):
        yield from ("", title, *(_error(v) for v in found.worst(label)))


def _sources(found: Report) -> Iterator[str]:
    """Of each source, where there are several, what became of its honest comments and of its spam."""
    sources = dict.fromkeys(v.example.source for v in found.verdicts)
    if len(sources) < 2:
        return
    yield from ("", f"{'of 1,000 of each source':36}" + "".join(f"{name:>10}" for name in ("approved", "held", "spam")))
    for source in sources:
        for label, name in ((False, "honest"), (True, "spam")):
            actions = [
                v.decision.action for v in found.verdicts if (v.example.source, v.example.spam) == (source, label)
            ]
            shares = "".join(f"{1000 * actions.count(a) / len(actions):>10.1f}" for a in OUTCOMES if actions)
            if actions:
                yield f"{source[:20]:20}{name:8}{len(actions):>8}{shares}"


def _ranking(found: Report) -> Iterator[str]:
    head = "".join(f"{f'recall at {100 * cost:g} %':>18}" for cost in COSTS)
    yield f"{'':16}{'ROC area':>10}{'PR area':>10}{head}"
    for name, of in (("points", found.points), ("learned alone", found.learned)):
        recalls = "".join(f"{of.recall_at(cost).recall:>18.3f}" for cost in COSTS)
        yield f"{name:16}{of.area:>10.3f}{of.average_precision:>10.3f}{recalls}"


def _calibration(found: Report) -> Iterator[str]:
    yield f"Calibration of what is learned: {calibration_error(found.bins):.3f} off on average, Brier {found.brier:.3f}"
    yield from (f"  said {b.said:.2f}, was {b.was:.2f} of {b.n}" for b in found.bins)


def _precision(found: Report) -> Iterator[str]:
    yield f"{'signal':26}{'spam':>8}{'honest':>8}{'precision':>11}"
    yield from (f"{s.signal:26}{s.spam:>8}{s.honest:>8}{s.precision:>11.2f}" for s in found.signals)


def _error(verdict: Verdict) -> str:
    reasons = ", ".join(s.name for s in verdict.decision.signals if s.points > 0 or s.holds) or "nothing against it"
    return f"  {verdict.decision.score:5.1f}  {excerpt(verdict)}  ({reasons})"


def excerpt(verdict: Verdict) -> str:
    return " ".join(verdict.example.comment.content.split())[:EXCERPT]

"""What an evaluation found, as values: `lines` puts them into text, `charts` into pictures."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from comments.lifecycle import Action

from .classification_metrics import Bin, Curve, brier, calibration, curve
from .replay import Verdict

#: Errors that are told, of either kind.
WORST = 10
OUTCOMES = (Action.APPROVE, Action.HOLD, Action.SPAM)
#: Parts of equal length in which a stream that teaches is followed.
STAGES = 8


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
class Outcomes:
    """What became of comments whose label is the same."""

    n: int
    of: dict[Action, int]

    def share(self, action: Action) -> float:
        """NaN where there are none."""
        return self.of[action] / self.n if self.n else math.nan


def outcomes(verdicts: Sequence[Verdict], spam: bool) -> Outcomes:
    actions = [v.decision.action for v in verdicts if v.example.spam is spam]
    return Outcomes(len(actions), {action: actions.count(action) for action in OUTCOMES})


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told about one file. `verdicts` are in the order of time."""

    verdicts: tuple[Verdict, ...]
    points: Curve  # by the decision's score
    learned: Curve  # by the learned probability
    bins: tuple[Bin, ...]
    brier: float
    honest: Outcomes
    spam: Outcomes
    signals: tuple[Told, ...]
    taught: bool = False  # by these very comments, one after the other

    @property
    def has_both(self) -> bool:
        """Whether there is anything to tell apart."""
        return bool(self.honest.n and self.spam.n)

    def microseconds(self, share: float) -> float:
        """Within which that share of the comments was judged."""
        spent = sorted(v.microseconds for v in self.verdicts)
        return spent[min(len(spent) - 1, int(share * len(spent)))]

    def worst(self, spam: bool) -> list[Verdict]:
        """Spam that was furthest from being held, or honest comments that were furthest beyond it."""
        wrong = [v for v in self.verdicts if v.wrong and v.example.spam is spam]
        return sorted(wrong, key=lambda v: (v.decision.score, v.probability), reverse=not spam)[:WORST]

    def stages(self) -> list[tuple[Verdict, ...]]:
        """Parts of a stream that taught, one after the other; none of other ones."""
        if not self.taught:
            return []
        size = math.ceil(len(self.verdicts) / STAGES)
        return [self.verdicts[start : start + size] for start in range(0, len(self.verdicts), size)]


def report(verdicts: Sequence[Verdict], taught: bool = False) -> Report:
    spam = [v.example.spam for v in verdicts]
    probabilities = [v.probability for v in verdicts]
    return Report(
        tuple(verdicts),
        curve([v.decision.score for v in verdicts], spam),
        curve(probabilities, spam),
        calibration(probabilities, spam),
        brier(probabilities, spam),
        outcomes(verdicts, spam=False),
        outcomes(verdicts, spam=True),
        _signals(verdicts),
        taught,
    )


def _signals(verdicts: Sequence[Verdict]) -> tuple[Told, ...]:
    """The most frequent first; those that speak for a comment are not counted."""
    given: dict[str, Counter[bool]] = defaultdict(Counter)
    for verdict in verdicts:
        for name in {s.name for s in verdict.decision.signals if s.points > 0 or s.holds}:
            given[name][verdict.example.spam] += 1
    found = [Told(name, counts[True], counts[False]) for name, counts in given.items()]
    return tuple(sorted(found, key=lambda told: (-told.spam - told.honest, told.signal)))

"""Results of an evaluation. `text_report` formats them as text, `charts` as charts."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from comments.lifecycle import Action

from .classification_metrics import Bin, Curve, brier, calibration, curve
from .replay import Verdict

#: Wrong decisions that are listed for each label.
WORST = 10
OUTCOMES = (Action.APPROVE, Action.HOLD, Action.SPAM)
#: Equal parts of a stream that teaches, to show progress.
STAGES = 8


@dataclass(frozen=True, slots=True)
class SignalPrecision:
    """Numbers of spam and of honest comments with a signal that counts against them."""

    signal: str
    spam: int
    honest: int

    @property
    def precision(self) -> float:
        return self.spam / (self.spam + self.honest)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Decisions about comments with the same label."""

    n: int
    of: dict[Action, int]

    def share(self, action: Action) -> float:
        """Return the share of this decision; NaN without comments."""
        return self.of[action] / self.n if self.n else math.nan


def outcomes(verdicts: Sequence[Verdict], spam: bool) -> Outcomes:
    actions = [v.decision.action for v in verdicts if v.example.spam is spam]
    return Outcomes(len(actions), {action: actions.count(action) for action in OUTCOMES})


@dataclass(frozen=True, slots=True)
class Report:
    """All results for one file. `verdicts` are in order of time."""

    verdicts: tuple[Verdict, ...]
    points: Curve  # by the decision's score
    learned: Curve  # by the learned probability
    bins: tuple[Bin, ...]
    brier: float
    honest: Outcomes
    spam: Outcomes
    signals: tuple[SignalPrecision, ...]
    taught: bool = False  # whether these comments were also the lessons, one after the other

    @property
    def has_both(self) -> bool:
        """True if there are comments of both labels."""
        return bool(self.honest.n and self.spam.n)

    def microseconds(self, share: float) -> float:
        """Return the time within which this share of the comments was judged."""
        spent = sorted(v.microseconds for v in self.verdicts)
        return spent[min(len(spent) - 1, int(share * len(spent)))]

    def worst(self, spam: bool) -> list[Verdict]:
        """Return the published spam with the fewest points, or the wrongly held comments with the most."""
        wrong = [v for v in self.verdicts if v.wrong and v.example.spam is spam]
        return sorted(wrong, key=lambda v: (v.decision.score, v.probability), reverse=not spam)[:WORST]

    def stages(self) -> list[tuple[Verdict, ...]]:
        """Split a stream that teaches into equal parts; empty for other streams."""
        if not self.taught:
            return []
        size = math.ceil(len(self.verdicts) / STAGES)
        return [self.verdicts[start : start + size] for start in range(0, len(self.verdicts), size)]


def make_report(verdicts: Sequence[Verdict], taught: bool = False) -> Report:
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


def _signals(verdicts: Sequence[Verdict]) -> tuple[SignalPrecision, ...]:
    """Return signals that count against a comment, the most frequent first."""
    given: dict[str, Counter[bool]] = defaultdict(Counter)
    for verdict in verdicts:
        for name in {s.name for s in verdict.decision.signals if s.points > 0 or s.holds}:
            given[name][verdict.example.spam] += 1
    found = [SignalPrecision(name, counts[True], counts[False]) for name, counts in given.items()]
    return tuple(sorted(found, key=lambda s: (-s.spam - s.honest, s.signal)))

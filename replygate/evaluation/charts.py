"""What a report shows as pictures: lines in a square whose sides are 1. `svg` and `png` draw them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comments.lifecycle import Action

from .classification_metrics import Curve, calibration_error
from .results import Report, outcomes

#: Steps of a line at most; more are not seen.
MOST_POINTS = 400
#: How far beyond the thresholds a chart of points reaches.
BEYOND = 6
PERCENT = tuple((n / 4, f"{25 * n} %") for n in range(5))
#: Shares of honest comments on a scale on which what a site can afford is no narrow strip.
COSTS = tuple((n / 4, f"{10.0 ** (n - 2):g} %") for n in range(5))
#: Microseconds, in the same way.
TIMES = ((0.0, "10 µs"), (1 / 3, "100 µs"), (2 / 3, "1 ms"), (1.0, "10 ms"))

Tick = tuple[float, str]
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """`said` is empty for a line that only helps to read the others."""

    said: str
    points: Points
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """`marks` are upright lines; like ticks they stand at a place from 0 to 1."""

    name: str
    title: str
    across: str
    up: str
    lines: tuple[Line, ...]
    across_ticks: tuple[Tick, ...] = PERCENT
    up_ticks: tuple[Tick, ...] = PERCENT
    marks: tuple[Tick, ...] = ()


def charts(found: Report) -> Iterator[Chart]:
    """Those that there is something to show in."""
    if found.has_both:
        curves = (("points of all filters", found.points), ("what is learned alone", found.learned))
        yield _roc(curves)
        yield _precision_recall(curves)
        yield _calibration(found)
    yield _scores(found)
    if found.taught:
        yield _stages(found)
    yield _time(found)


def _line(said: str, points: Sequence[tuple[float, float]]) -> Line:
    step = max(1, len(points) // MOST_POINTS)
    return Line(said, (*points[:-1:step], *points[-1:]))


def _roc(curves: Sequence[tuple[str, Curve]]) -> Chart:
    lines = [
        _line(f"{name}: area {of.area:.3f}", [(_afforded(p.false_positives), p.recall) for p in of.points])
        for name, of in curves
    ]
    return Chart("roc", "ROC", "honest comments taken for spam", "spam found", tuple(lines), across_ticks=COSTS)


def _afforded(share: float) -> float:
    """The place of a share on the scale of COSTS."""
    return max(0.0, 1 + math.log10(share) / 4) if share else 0.0


def _precision_recall(curves: Sequence[tuple[str, Curve]]) -> Chart:
    lines = [
        _line(f"{name}: area {of.average_precision:.3f}", [(p.recall, p.precision) for p in of.points])
        for name, of in curves
    ]
    return Chart("precision-recall", "Precision and recall", "spam found", "spam in what is taken for it", tuple(lines))


def _calibration(found: Report) -> Chart:
    off = f"{calibration_error(found.bins):.3f} off on average"
    said = Line(off, tuple((b.said, b.was) for b in found.bins), dots=True)
    lines = (Line("", ((0.0, 0.0), (1.0, 1.0))), said)
    return Chart("calibration", "Calibration of what is learned", "probability of spam", "share of spam", lines)


def _scores(found: Report) -> Chart:
    """Of either label, how many comments reach so many points; so where a threshold stands, what it does."""
    first = found.verdicts[0].decision
    low, high = math.floor(first.hold_at - BEYOND), math.ceil(first.spam_at + BEYOND)
    lines = []
    for spam, name in ((False, "honest comments"), (True, "spam")):
        if scores := [v.decision.score for v in found.verdicts if v.example.spam is spam]:
            reached = [((p - low) / (high - low), sum(s >= p for s in scores) / len(scores)) for p in _span(low, high)]
            lines.append(Line(name, tuple(reached)))
    ticks = tuple(((n - low) / (high - low), str(n)) for n in range(low, high + 1) if n % 3 == 0)
    marks = (((first.hold_at - low) / (high - low), "held"), ((first.spam_at - low) / (high - low), "spam"))
    return Chart("points", "Points by label", "points", "have as many or more", tuple(lines), ticks, marks=marks)


def _span(low: int, high: int) -> Iterator[float]:
    return (low + n / 10 for n in range(10 * (high - low) + 1))


def _stages(found: Report) -> Chart:
    """While it learns: shares of what was wrong, and of what was settled without a person."""
    followed = (
        ("honest, held", False, Action.HOLD),
        ("honest, refused", False, Action.SPAM),
        ("spam, published", True, Action.APPROVE),
        ("spam, refused", True, Action.SPAM),
    )
    stages = found.stages()
    lines = []
    for name, spam, action in followed:
        shares = [outcomes(stage, spam).share(action) for stage in stages]
        places = [((n + 0.5) / len(stages), share) for n, share in enumerate(shares) if not math.isnan(share)]
        lines.append(Line(name, tuple(places), dots=True))
    ticks = tuple((n / len(stages), str(stage[0].lessons)) for n, stage in enumerate(stages))
    return Chart("learning", "While it learns", "lessons so far", "of the label's comments", tuple(lines), ticks)


def _time(found: Report) -> Chart:
    """Processor time to judge a comment: how many take so long, or less."""
    spent = sorted(v.microseconds for v in found.verdicts)
    places = [
        ((min(1.0, max(0.0, (math.log10(us) - 1) / 3)) if us else 0.0), (n + 1) / len(spent))
        for n, us in enumerate(spent)
    ]
    lines = (_line(f"half within {found.microseconds(0.5):.0f} µs", places),)
    return Chart("time", "Time per comment", "processor time", "judged by then", lines, TIMES)

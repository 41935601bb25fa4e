"""Charts of an evaluation, as lines in a square with sides of length 1. `svg_charts` draws them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comments.lifecycle import Action

from .classification_metrics import Curve, calibration_error
from .results import Report, outcomes

#: Points of a line, at most. More are not visible.
MAX_POINTS = 400
#: Points below and above the thresholds that the chart of points shows.
MARGIN = 6
PERCENT_TICKS = tuple((n / 4, f"{25 * n} %") for n in range(5))
#: Shares of honest comments on a logarithmic scale, since a site can accept only very small ones.
FALSE_POSITIVES = tuple((n / 4, f"{10.0 ** (n - 2):g} %") for n in range(5))
#: Microseconds, on a logarithmic scale.
TIMES = ((0.0, "10 µs"), (1 / 3, "100 µs"), (2 / 3, "1 ms"), (1.0, "10 ms"))

Tick = tuple[float, str]
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart. `label` is empty for a guide line."""

    label: str
    points: Points
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `marks` are vertical lines. Their positions, like those of ticks, are from 0 to 1."""

    name: str
    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...] = PERCENT_TICKS
    y_ticks: tuple[Tick, ...] = PERCENT_TICKS
    marks: tuple[Tick, ...] = ()


def charts(found: Report) -> Iterator[Chart]:
    """Yield the charts for which the report has data."""
    if found.has_both:
        curves = (("all filters", found.points), ("model alone", found.learned))
        yield _roc(curves)
        yield _precision_recall(curves)
        yield _calibration(found)
    yield _scores(found)
    if found.taught:
        yield _stages(found)
    yield _time(found)


def _line(label: str, points: Sequence[tuple[float, float]]) -> Line:
    step = max(1, len(points) // MAX_POINTS)
    return Line(label, (*points[:-1:step], *points[-1:]))


def _roc(curves: Sequence[tuple[str, Curve]]) -> Chart:
    lines = [
        _line(f"{name}: area {of.area:.3f}", [(_log_position(p.false_positives), p.recall) for p in of.points])
        for name, of in curves
    ]
    return Chart("roc", "ROC", "false positive rate", "recall", tuple(lines), x_ticks=FALSE_POSITIVES)


def _log_position(share: float) -> float:
    """Return the position of a share on the scale of FALSE_POSITIVES."""
    return max(0.0, 1 + math.log10(share) / 4) if share else 0.0


def _precision_recall(curves: Sequence[tuple[str, Curve]]) -> Chart:
    lines = [
        _line(f"{name}: area {of.average_precision:.3f}", [(p.recall, p.precision) for p in of.points])
        for name, of in curves
    ]
    return Chart("precision-recall", "Precision and recall", "recall", "precision", tuple(lines))


def _calibration(found: Report) -> Chart:
    label = f"mean error {calibration_error(found.bins):.3f}"
    measured = Line(label, tuple((b.predicted, b.actual) for b in found.bins), dots=True)
    lines = (Line("", ((0.0, 0.0), (1.0, 1.0))), measured)
    return Chart("calibration", "Calibration of the model", "predicted probability", "share of spam", lines)


def _scores(found: Report) -> Chart:
    """Show the share of each label that reaches a number of points, which is the effect of a threshold there."""
    first = found.verdicts[0].decision
    low, high = math.floor(first.hold_at - MARGIN), math.ceil(first.spam_at + MARGIN)
    tenths = [low + n / 10 for n in range(10 * (high - low) + 1)]
    lines = []
    for spam, name in ((False, "honest comments"), (True, "spam")):
        if scores := [v.decision.score for v in found.verdicts if v.example.spam is spam]:
            reached = [((p - low) / (high - low), sum(s >= p for s in scores) / len(scores)) for p in tenths]
            lines.append(Line(name, tuple(reached)))
    ticks = tuple(((n - low) / (high - low), str(n)) for n in range(low, high + 1) if n % 3 == 0)
    marks = (((first.hold_at - low) / (high - low), "review"), ((first.spam_at - low) / (high - low), "spam"))
    return Chart("points", "Points by label", "points", "share with as many or more", tuple(lines), ticks, marks=marks)


def _stages(found: Report) -> Chart:
    """Show the shares of wrong and of automatic decisions while the site learns."""
    outcomes_shown = (
        ("honest, needs review", False, Action.HOLD),
        ("honest, marked as spam", False, Action.SPAM),
        ("spam, published", True, Action.APPROVE),
        ("spam, marked as spam", True, Action.SPAM),
    )
    stages = found.stages()
    lines = []
    for name, spam, action in outcomes_shown:
        shares = [outcomes(stage, spam).share(action) for stage in stages]
        places = [((n + 0.5) / len(stages), share) for n, share in enumerate(shares) if not math.isnan(share)]
        lines.append(Line(name, tuple(places), dots=True))
    ticks = tuple((n / len(stages), str(stage[0].lessons)) for n, stage in enumerate(stages))
    return Chart(
        "learning", "While the site learns", "lessons so far", "share of comments with this label", tuple(lines), ticks
    )


def _time(found: Report) -> Chart:
    """Show the cumulative distribution of the CPU time to judge a comment."""
    spent = sorted(v.microseconds for v in found.verdicts)
    places = [
        ((min(1.0, max(0.0, (math.log10(us) - 1) / 3)) if us else 0.0), (n + 1) / len(spent))
        for n, us in enumerate(spent)
    ]
    lines = (_line(f"median {found.microseconds(0.5):.0f} µs", places),)
    return Chart("time", "Time per comment", "CPU time", "share of comments", lines, TIMES)

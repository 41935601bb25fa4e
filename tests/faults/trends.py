"""Decide whether a series of samples grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, linear_regression, mean

#: A slope counts if it is so many times its standard error, and if the growth is more than a share of the mean and
#: more than an amount: a megabyte, a millisecond or a file is no leak.
SIGNIFICANT = 4.0
SHARE, AMOUNT = 0.10, 5.0
#: Growth for each comment in the second half of a run, as a multiple of that in the first half.
FACTOR = 1.25


@dataclass(frozen=True)
class Trend:
    """The change of one value over a run. `unit` says of what: the whole run, or each comment."""

    name: str
    first: float
    last: float
    change: float
    unit: str
    grows: bool

    def line(self) -> str:
        verdict = "GROWS" if self.grows else "ok"
        return (
            f"{self.name:<32} {self.first:>14,.1f} {self.last:>14,.1f} {self.change:>+12,.2f} {self.unit:<12} {verdict}"
        )


def steady_trend(name: str, at: Sequence[float], values: Sequence[float]) -> Trend:
    """Judge a value that should not change: it grows if its slope is significant and the growth is more than noise."""
    slope, error = _slope(at, values)
    growth = slope * (at[-1] - at[0])
    grows = slope > SIGNIFICANT * error and growth > max(AMOUNT, SHARE * mean(values))
    return Trend(name, values[0], values[-1], growth, "in the run", grows)


def per_comment_trend(name: str, comments: Sequence[int], values: Sequence[float]) -> Trend:
    """Judge a value that grows with the comments: it must not grow faster in the second half of the run."""
    middle = len(values) // 2
    early = _slope(comments[: middle + 1], values[: middle + 1])[0]
    late = _slope(comments[middle:], values[middle:])[0]
    return Trend(name, values[0], values[-1], late, "per comment", late > FACTOR * max(early, 0.0) + FACTOR)


def _slope(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return the slope of a line through the points, and its standard error."""
    try:
        line = linear_regression(x, y)
    except StatisticsError:  # all x are the same
        return 0.0, 0.0
    left = sum((b - line.slope * a - line.intercept) ** 2 for a, b in zip(x, y, strict=True))
    spread = sum((a - mean(x)) ** 2 for a in x)
    return line.slope, (left / max(1, len(x) - 2) / spread) ** 0.5

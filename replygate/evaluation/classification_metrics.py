"""Metrics of a binary classifier: ROC and precision-recall curves, calibration and Brier score."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

#: False positive rates for which recall is reported.
FALSE_POSITIVE_RATES = (0.01, 0.001)
BINS = 10


@dataclass(frozen=True, slots=True)
class Point:
    """The effect of a threshold: shares of honest comments and of spam at or above it."""

    threshold: float
    false_positives: float
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Comments with nearly the same predicted probability, and their share of spam."""

    n: int
    predicted: float  # mean probability
    actual: float  # share of spam


@dataclass(frozen=True, slots=True)
class Curve:
    """The effect of every threshold, from the highest score down."""

    points: tuple[Point, ...]
    honest: int
    spam: int

    @property
    def area(self) -> float:
        """P(spam scores higher than an honest comment), where ties count half. NaN without both labels."""
        if not (self.honest and self.spam):
            return math.nan
        steps = zip(self.points, self.points[1:], strict=False)
        return math.fsum((b.false_positives - a.false_positives) * (a.recall + b.recall) / 2 for a, b in steps)

    @property
    def average_precision(self) -> float:
        """The area below the precision-recall curve, in steps. NaN without both labels."""
        if not (self.honest and self.spam):
            return math.nan
        steps = zip(self.points, self.points[1:], strict=False)
        return math.fsum((b.recall - a.recall) * b.precision for a, b in steps)

    def recall_at(self, max_false_positives: float) -> Point:
        """Return the lowest threshold whose false positive rate is not higher than this."""
        return max(
            (p for p in self.points if p.false_positives <= max_false_positives), key=lambda p: (p.recall, -p.threshold)
        )


def curve(scores: Sequence[float], spam: Sequence[bool]) -> Curve:
    """Return the effect of every threshold. Equal scores are one step."""
    n_spam = sum(spam)
    n_honest = len(spam) - n_spam
    points, caught, lost = [Point(math.inf, 0.0, 0.0, 1.0)], 0, 0
    ordered = sorted(zip(scores, spam, strict=True), key=lambda pair: -pair[0])
    for score, group in groupby(ordered, key=lambda pair: pair[0]):
        labels = [is_spam for _, is_spam in group]
        caught, lost = caught + sum(labels), lost + len(labels) - sum(labels)
        shares = lost / n_honest if n_honest else 0.0, caught / n_spam if n_spam else 0.0
        points.append(Point(score, *shares, caught / (caught + lost)))
    return Curve(tuple(points), n_honest, n_spam)


def calibration(probabilities: Sequence[float], spam: Sequence[bool]) -> tuple[Bin, ...]:
    """Group the probabilities into tenths, without empty ones."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for p, is_spam in zip(probabilities, spam, strict=True):
        bins.setdefault(min(BINS - 1, int(p * BINS)), []).append((p, is_spam))
    return tuple(_bin(pairs) for _, pairs in sorted(bins.items()))


def _bin(pairs: Sequence[tuple[float, bool]]) -> Bin:
    n = len(pairs)
    return Bin(n, math.fsum(p for p, _ in pairs) / n, sum(is_spam for _, is_spam in pairs) / n)


def calibration_error(bins: Iterable[Bin]) -> float:
    """Return the mean distance between predicted and actual values, over all comments."""
    bins = tuple(bins)
    return math.fsum(b.n * abs(b.predicted - b.actual) for b in bins) / max(1, sum(b.n for b in bins))


def brier(probabilities: Sequence[float], spam: Sequence[bool]) -> float:
    """Return the mean squared error of the probabilities."""
    return math.fsum((p - y) ** 2 for p, y in zip(probabilities, spam, strict=True)) / max(1, len(spam))

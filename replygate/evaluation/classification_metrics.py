"""The figures by which judgements of labelled comments are measured."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

#: Shares of honest comments at whose cost recall is told.
COSTS = (0.01, 0.001)
BINS = 10


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does: of the honest comments and of the spam, the shares at or above it."""

    threshold: float
    false_positives: float
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Comments that were given nearly the same probability, and how many of them were spam."""

    n: int
    said: float  # mean probability
    was: float  # share of spam


@dataclass(frozen=True, slots=True)
class Curve:
    """All thresholds, from the highest score down; starts where nothing is above."""

    points: tuple[Point, ...]
    honest: int
    spam: int

    @property
    def area(self) -> float:
        """P(a spam scores above an honest comment), ties counting half. NaN without both kinds."""
        if not (self.honest and self.spam):
            return math.nan
        steps = zip(self.points, self.points[1:], strict=False)
        return math.fsum((b.false_positives - a.false_positives) * (a.recall + b.recall) / 2 for a, b in steps)

    @property
    def average_precision(self) -> float:
        """The area below precision over recall, in steps. NaN without both kinds."""
        if not (self.honest and self.spam):
            return math.nan
        steps = zip(self.points, self.points[1:], strict=False)
        return math.fsum((b.recall - a.recall) * b.precision for a, b in steps)

    def recall_at(self, cost: float) -> Point:
        """The lowest threshold at which no more than this share of the honest comments is taken for spam."""
        return max((p for p in self.points if p.false_positives <= cost), key=lambda p: (p.recall, -p.threshold))


def curve(scores: Sequence[float], spam: Sequence[bool]) -> Curve:
    """What every threshold would do; equal scores are one step."""
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
    """Tenths of the scale from 0 to 1 that hold any comment."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for p, is_spam in zip(probabilities, spam, strict=True):
        bins.setdefault(min(BINS - 1, int(p * BINS)), []).append((p, is_spam))
    return tuple(_bin(pairs) for _, pairs in sorted(bins.items()))


def _bin(pairs: Sequence[tuple[float, bool]]) -> Bin:
    n = len(pairs)
    return Bin(n, math.fsum(p for p, _ in pairs) / n, sum(is_spam for _, is_spam in pairs) / n)


def calibration_error(bins: Iterable[Bin]) -> float:
    """How far what was said is from what was, on average over all comments."""
    bins = tuple(bins)
    return math.fsum(b.n * abs(b.said - b.was) for b in bins) / max(1, sum(b.n for b in bins))


def brier(probabilities: Sequence[float], spam: Sequence[bool]) -> float:
    """Mean squared error of the probabilities."""
    return math.fsum((p - y) ** 2 for p, y in zip(probabilities, spam, strict=True)) / max(1, len(spam))

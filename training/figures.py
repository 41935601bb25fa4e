"""Metrics of the shipped model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .fit import Array

#: The spam of a source with fewer honest comments than this is compared with the honest pool.
FEW = 20


@dataclass(frozen=True, slots=True)
class Reach:
    """Area under the ROC curve, and recall at false positive rates of 1 % and .1 % on the honest pool."""

    source: str
    auc: float
    recall_1: float
    recall_01: float


def area(spam: Array, honest: Array) -> float:
    """P(spam scores higher than an honest comment), where ties count half."""
    ordered = np.sort(honest)
    below, upto = np.searchsorted(ordered, spam, "left"), np.searchsorted(ordered, spam, "right")
    return float((below + upto).mean() / 2 / len(honest))


def threshold(honest: Array, share: float) -> float:
    """Return the logit that at most this share of the honest comments exceeds."""
    return float(np.sort(honest)[::-1][int(share * len(honest))])


def recall(spam: Array, pool: Array, share: float) -> float:
    return float((spam > threshold(pool, share)).mean())


def reached(source: str, spam: Array, honest: Array, pool: Array) -> Reach:
    """Return the figures of one source. Scores may have any scale."""
    own = honest if len(honest) >= FEW else pool
    return Reach(source, area(spam, own), recall(spam, pool, 0.01), recall(spam, pool, 0.001))


def mean(each: Sequence[Reach]) -> Reach:
    columns = ([getattr(r, name) for r in each] for name in ("auc", "recall_1", "recall_01"))
    return Reach("mean", *(float(np.mean(column)) for column in columns))

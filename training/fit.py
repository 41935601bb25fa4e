"""Logistic regression over hashed features. The same examples give the same weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse

from workers.learning.features import BUCKETS, SIZE, START, VECTOR_LENGTH, Family, bucket, bucket_values
from workers.text.traits import WEIGHT_LIMITS

from .corpora import comment
from .generate import Example

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Regularization. From .3 to 3 recall hardly changes; 10 and more lose a tenth of it.
RIDGE = 1.0
#: With 120 steps instead of 300, recall at 1 % on unseen sources was .57 instead of .67.
#: A fixed number of steps without a test for convergence, so that rounding on different machines changes the last bit
#: only.
STEPS = 500
#: The weight of a source is this power of its size, so that neither the largest nor the smallest dominates.
SIZE_POWER = 0.5
#: Limit of each weight: no single feature may decide alone.
BOUND = 3.5
#: Limits for what one hashed name, part of a website or linked host may add. Other names share its bucket, and a
#: regular is judged by a site's lessons.
HASHED_LIMITS = {Family.NAME: 0.5, Family.ADDRESS: 0.5, Family.TRAITS: 0.5}


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples of one source, as rows of features."""

    rows: Any  # scipy.sparse.csr_matrix
    spam: Array
    source: str

    def only(self, chosen: "np.ndarray[Any, Any]") -> "Batch":
        return Batch(self.rows[chosen], self.spam[chosen], self.source)


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for every bucket, and the bias."""

    of: Array
    bias: float

    def logits(self, batch: Batch) -> Array:
        return np.asarray(batch.rows @ self.of + self.bias)


def batch(examples: Sequence[Example], source: str) -> Batch:
    """Return the features of the examples. Values in one bucket are added."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for example in examples:
        for column, value in bucket_values(comment(example)):
            columns.append(column)
            values.append(value)
        ends.append(len(columns))
    shape = (len(examples), SIZE)
    rows = sparse.csr_matrix((np.array(values), np.array(columns, dtype=np.int32), np.array(ends)), shape=shape)
    rows.sum_duplicates()
    return Batch(rows, np.array([float(e.spam) for e in examples]), source)


def _importance(batches: Sequence[Batch]) -> Array:
    """Return the weights of the examples: sources by a power of their size, with equal sums for spam and honest."""
    each = np.concatenate([np.full(len(b.spam), len(b.spam) ** (SIZE_POWER - 1)) for b in batches])
    spam = np.concatenate([b.spam for b in batches]) == 1
    for chosen in (spam, ~spam):
        each[chosen] *= 0.5 / each[chosen].sum()
    return each


def _bounds() -> Array:
    bounds = np.full(SIZE, BOUND)
    for family, limit in HASHED_LIMITS.items():
        # The first quarter of the traits are no hosts: see `bucket`.
        first = START[family] + (BUCKETS[family] // 4 if family is Family.TRAITS else 0)
        bounds[first : START[family] + BUCKETS[family]] = limit / VECTOR_LENGTH[family]
    for name, bound in WEIGHT_LIMITS.items():
        bounds[bucket(Family.TRAITS, name)] = bound / VECTOR_LENGTH[Family.TRAITS]
    return bounds


def fit(batches: Sequence[Batch]) -> Weights:
    """Fit weights by Nesterov's accelerated gradient, projected into their bounds, in a fixed number of steps."""
    rows = sparse.vstack([b.rows for b in batches]).tocsr()
    turned = rows.T.tocsr()
    spam, each = np.concatenate([b.spam for b in batches]), _importance(batches)
    pull, bounds = RIDGE / len(spam), _bounds()
    # The curvature of the loss is at most a quarter of the longest row's square, and a quarter more for the bias.
    step = 1 / (0.25 * (rows.multiply(rows).sum(axis=1).max() + 1) + pull)
    now, before = np.zeros(SIZE), np.zeros(SIZE)
    bias, bias_before = 0.0, 0.0
    for n in range(1, STEPS + 1):
        ahead = (n - 1) / (n + 2)
        at, bias_at = now + ahead * (now - before), bias + ahead * (bias - bias_before)
        error = each * (1 / (1 + np.exp(-(rows @ at + bias_at))) - spam)
        before, bias_before = now, bias
        now = np.clip(at - step * (turned @ error + pull * at), -bounds, bounds)
        bias = bias_at - step * float(error.sum())
    return Weights(now, bias)

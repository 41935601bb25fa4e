"""Fit the toxicity model: sparse logistic regression. The same texts give the same weights."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse

from training.fit import Array
from workers.learning.toxicity_model import AIMED, SPAN, STEPS, ToxicityModel, word_tokens

from .features import charged, features, is_eligible
from .texts import Group

#: Regularization. LASSO makes most weights zero; features that may count as an attack get only the share OF_CHARGED of
#: it, because rare insults count too. RIDGE grows with the weight.
LASSO, OF_CHARGED, RIDGE = 5e-5, 0.05, 1e-5
#: Limits of a weight: for any feature, and for a word alone that is not about a person.
BOUND, ALONE = 4.0, 1.3
ROUNDS, GRADIENT_STEPS, POWER_STEPS = 2, 1000, 20
#: A feature must be in this many spans, so that names and typing errors are none.
MIN_SPANS = 5


def _bounds(columns: Sequence[str]) -> Array:
    """Return the upper limit of each feature's weight."""
    may = charged()
    most = (BOUND if AIMED in c or " " in c else ALONE for c in columns)
    return np.array([m * bool(may & {c, *c.removeprefix(AIMED).split()}) for c, m in zip(columns, most, strict=True)])


@dataclass(frozen=True, slots=True)
class Spans:
    """Features of up to SPAN words in a row, with a label and a weight for each span."""

    features: list[list[str]]
    attacks: Array
    each: Array


def _flat(words: Sequence[tuple[str, ...]]) -> list[str]:
    return [feature for word in words for feature in word]


def _cut(words: Sequence[tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield overlapping spans, each half a span after the one before, so that each word is in the middle of one."""
    last = max(0, len(words) - SPAN)
    for start in dict.fromkeys((*range(0, last, SPAN // 2), last)):
        yield _flat(words[start : start + SPAN])


def _worst(words: Sequence[tuple[str, ...]], weights: Mapping[str, int]) -> list[str]:
    """Return the span with the highest score; the first if several have it."""
    sums = [sum(weights.get(feature, 0) for feature in word) for word in words]
    starts = range(max(1, len(words) - SPAN + 1))
    start = max(starts, key=lambda n: sum(sums[n : n + SPAN]))
    return _flat(words[start : start + SPAN])


def spans(read_groups: Sequence[tuple[Group, Sequence[list[tuple[str, ...]]]]], weights: Mapping[str, int]) -> Spans:
    """Return all spans of honest texts, and the worst span of each attack once there are weights to find it."""
    found, attacks, each = [], [], []
    for group, texts in read_groups:
        for words in filter(None, texts):
            own = [_worst(words, weights)] if group.attacks and weights else list(_cut(words))
            found += own
            attacks += [float(group.attacks)] * len(own)
            each += [group.weight / (len(own) if group.attacks else 1)] * len(own)
    toxic, weighed = np.array(attacks), np.array(each)
    for chosen in (toxic == 1, toxic == 0):
        weighed[chosen] *= 0.5 / weighed[chosen].sum()
    return Spans(found, toxic, weighed)


def _rows(found: Spans) -> tuple[Any, list[str]]:
    """Return a sparse row for each span, and the features of its columns."""
    seen = Counter(feature for span in found.features for feature in set(span))
    columns = sorted(feature for feature, n in seen.items() if n >= MIN_SPANS and is_eligible(feature))
    place = {feature: n for n, feature in enumerate(columns)}
    inside = [[place[feature] for feature in span if feature in place] for span in found.features]
    ends = np.cumsum([0, *map(len, inside)])
    flat = np.array([n for span in inside for n in span], dtype=np.int32)
    rows = sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(inside), len(columns)))
    rows.sum_duplicates()
    return rows, columns


def _descended(rows: Any, found: Spans, most: Array) -> tuple[Array, float]:
    """Fit weights and bias by accelerated proximal gradient (Beck and Teboulle 2009), in a fixed number of steps."""
    turned, each = rows.T.tocsr(), found.each
    direction = np.ones(rows.shape[1])
    for _ in range(POWER_STEPS):
        direction = turned @ (each * (rows @ (direction / np.linalg.norm(direction))))
    # The curvature of the loss is at most a quarter of the longest direction's, with the bias, and a safety margin.
    step = 1 / (0.25 * (1.1 * np.linalg.norm(direction) + 4 * each.sum()) + RIDGE)
    pull = np.where(most > 0, LASSO * OF_CHARGED, LASSO)
    now, before = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    bias = bias_before = 0.0
    for n in range(1, GRADIENT_STEPS + 1):
        ahead = (n - 1) / (n + 2)
        at, bias_at = now + ahead * (now - before), bias + ahead * (bias - bias_before)
        error = each * (1 / (1 + np.exp(-(rows @ at + bias_at))) - found.attacks)
        before, bias_before = now, bias
        stepped = at - step * (turned @ error + RIDGE * at)
        now = np.clip(np.sign(stepped) * np.maximum(0, np.abs(stepped) - step * pull), -BOUND, most)
        bias = bias_at - step * float(error.sum())
    return now, bias


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by feature, and the bias; whole numbers in STEPS per log-odds."""

    weights: Mapping[str, int]
    bias: int

    def model(self) -> ToxicityModel:
        return ToxicityModel.from_weights(self.weights, self.bias)

    def written(self, inputs: str) -> str:
        """Return the content of the model's file."""
        head = [f"# bias {self.bias}", f"# inputs {inputs}"]
        return "\n".join([*head, *(f"{feature} {weight}" for feature, weight in sorted(self.weights.items()))]) + "\n"


def fit(groups: Sequence[Group]) -> Fitted:
    """Fit the weights for these texts. The second round uses the spans that the first round's weights found."""
    texts = [(group, [features(word_tokens(text)) for text in group.texts]) for group in groups]
    weights: dict[str, int] = {}
    bias = 0.0
    for _ in range(ROUNDS):
        found = spans(texts, weights)
        rows, columns = _rows(found)
        of, bias = _descended(rows, found, _bounds(columns))
        whole = np.rint(of * STEPS).astype(int).tolist()
        weights = {feature: weight for feature, weight in zip(columns, whole, strict=True) if weight}
    return Fitted(weights, round(bias * STEPS))

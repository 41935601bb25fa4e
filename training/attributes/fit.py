"""Fit the attribute model: logistic regression without negative weights, in a fixed number of steps."""

from collections.abc import Mapping, Sequence

import numpy as np

from training.fit import Array
from workers.learning.attribute_features import FEATURES
from workers.learning.attribute_model import AttributeModel

from .rows import Row

STEPS, RIDGE = 3000, 1e-3
#: Features that speak for an attribute by its meaning. All others have no weight, however much they go with it.
USED: Mapping[str, tuple[str, ...]] = {
    "TOXICITY": ("attack", "strong-word", "mild-word", "slur", "threat"),
    "INSULT": ("attack", "mild-word", "slur"),
    "PROFANITY": ("strong-word", "mild-word", "slur"),
    "THREAT": ("threat", "violent-word"),
}


def label_weights(rows: Sequence[Row]) -> Array:
    """Weigh rows so that each source counts the same, and half of each source is positive."""
    keys = [(row.source, row.positive) for row in rows]
    n = {key: keys.count(key) for key in set(keys)}
    each = np.array([1 / n[key] for key in keys])
    return each / each.sum()


def fit(rows: Sequence[Row], used: Sequence[str]) -> AttributeModel:
    """Fit by projected accelerated gradient descent. The same rows give the same weights."""
    x, y = np.array([row.features for row in rows]), np.array([float(row.positive) for row in rows])
    each = label_weights(rows)
    x = np.hstack([x, np.ones((len(x), 1))])
    step = 1 / (0.25 * float(np.linalg.eigvalsh(x.T @ (x * each[:, None]))[-1]) + RIDGE)
    now = before = np.zeros(x.shape[1])
    least = np.array([0.0] * len(FEATURES) + [-np.inf])
    most = np.array([np.inf if feature in used else 0.0 for feature in FEATURES] + [np.inf])
    for n in range(STEPS):
        at = now + n / (n + 3) * (now - before)
        error = each * (1 / (1 + np.exp(-(x @ at))) - y)
        before, now = now, np.clip(at - step * (x.T @ error + RIDGE * at), least, most)
    *weights, bias = (round(float(weight), 3) for weight in now)
    return AttributeModel(bias, tuple(weights))


def out_of_fold(name: str, rows: Sequence[Row]) -> tuple[AttributeModel, Array]:
    """Return the model of all free rows, and for each row the score of a model that saw no row of its fold."""
    free = [row for row in rows if row.is_free]
    used = USED[name]
    whole = fit(free, used)
    folds = {row.fold for row in free}
    models: Mapping[str, AttributeModel] = {f: fit([r for r in free if r.fold != f], used) for f in sorted(folds)}
    return whole, np.array([models.get(row.fold, whole).score(row.features) for row in rows])


def written(name: str, model: AttributeModel) -> str:
    """Return the line of a model in its file."""
    weights = (f"{f}={w:g}" for f, w in zip(FEATURES, model.weights, strict=True) if w)
    return " ".join([name, f"bias={model.bias:g}", *weights])

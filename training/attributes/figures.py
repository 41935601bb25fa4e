"""Measure the attribute model on labelled sources that the measured model did not see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.corpora import CORPORA, comment, read
from training.figures import FEW, area
from training.fit import Array
from workers.learning.attribute_model import AttributeModel
from workers.learning.combined_model import new_site_score, prior_log_odds

from .rows import Row

BINS = 10
#: Scores at which the tables count texts: a coin's toss, and the threshold that Coral and many bots begin with.
LEVELS = (0.5, 0.8)


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures for one source. `error` is the mean difference between score and share, both labels weighing the same."""

    source: str
    texts: tuple[int, int]
    auc: float
    least: float  # lower end of the 95 % interval of the AUC
    error: float
    above: tuple[tuple[float, float], ...]  # share at or above each level, of those with the attribute and of others


def _half_width(auc: float, n: int, m: int) -> float:
    """Return half of the 95 % interval of an area under the curve (Hanley and McNeil 1982)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + (n - 1) * (q1 - auc**2) + (m - 1) * (q2 - auc**2)) / (n * m)
    return float(1.96 * variance**0.5)


def _calibration_error(positive: Array, negative: Array) -> float:
    scores = np.concatenate([positive, negative])
    labels = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    each = np.where(labels == 1, 0.5 / len(positive), 0.5 / len(negative))
    bins = np.minimum(BINS - 1, (scores * BINS).astype(int))
    return float(sum(abs(np.sum((each * (scores - labels))[bins == n])) for n in range(BINS)))


def quality(source: str, positive: Array, negative: Array) -> Quality:
    auc = area(positive, negative)
    above = tuple((float((positive >= level).mean()), float((negative >= level).mean())) for level in LEVELS)
    least = auc - _half_width(auc, len(positive), len(negative))
    return Quality(source, (len(positive), len(negative)), auc, least, _calibration_error(positive, negative), above)


def by_source(rows: Sequence[Row], scores: Array) -> Iterator[Quality]:
    labels, sources = np.array([row.positive for row in rows]), np.array([row.source for row in rows])
    for source in dict.fromkeys(sources.tolist()):
        of = sources == source
        yield quality(source, scores[of & labels], scores[of & ~labels])


def spam(folder: Path) -> Iterator[Quality]:
    """Measure the shipped spam model on corpora whose words it never learned, before a site taught anything."""
    for corpus in CORPORA:
        if not corpus.free and corpus.folder != "v2/toxic":
            examples = read(folder, corpus)
            scores = np.array([new_site_score(prior_log_odds(comment(e))).probability for e in examples])
            labels = np.array([example.spam for example in examples])
            if min(labels.sum(), (~labels).sum()) >= FEW // 2:
                yield quality(corpus.name, scores[labels], scores[~labels])


def honest_above(
    models: Mapping[str, AttributeModel], honest: Mapping[str, Sequence[tuple[float, ...]]]
) -> Iterator[tuple[str, int, list[tuple[float, ...]]]]:
    """Yield each honest corpus with the shares of its comments at or above each level, by attribute."""
    for name, rows in honest.items():
        scores = [np.array([model.score(row) for row in rows]) for model in models.values()]
        yield name, len(rows), [tuple(float((of >= level).mean()) for level in LEVELS) for of in scores]

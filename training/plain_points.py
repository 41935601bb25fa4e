"""Fit the points for traits and shapes without words.

These are some sixty numbers, fitted on all sources. Each source's words were weighed by a model that did not see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from workers.learning.features import BUCKETS, START, Family, features
from workers.learning.prior_model import plain_traits

from .corpora import CORPUS, PLACES, comment
from .fit import Array, Batch, Weights, batch
from .generate import Example

#: Names of shapes and the bounds of their points. Suspicious shapes never speak for a comment, the others never
#: against it, so that nobody gains by a deep page as a website.
SUSPICIOUS = (
    "name of several words in small letters",
    "name of three words",
    "name of four words or more",
    "digits in the name",
    "web address as the name",
    "long name",
    "name in capital letters",
    "signs in the name",
    "capital letter inside the name",
    "name that nobody can pronounce",
    "website with a path",
    "website with a query",
    "deep page as the website",
    "profile page as the website",
    "hyphen in the website",
    "hyphens in the website",
    "digits in the website",
    "long name of the website",
    "cheap ending of the website",
    "hidden or foreign website",
    "website below a short text",
    "lines broken inside a sentence",
    "few words for its links",
    "link in HTML",
    "link in the markup of forums",
)
HARMLESS = (
    "one word in small letters as the name",
    "website on a blog platform",
    "answer to somebody",
    "links to documentation only",
    "names of files or commands",
    "version number",
)
#: Traits with weights of their own among the buckets, which the few links of the free corpora made too strong. The
#: points here correct them.
CORRECTED = (
    "link",
    "1 links",
    "2 links",
    "3 links",
    "4 or more links",
    "link to a front page",
    "link to an article",
    "links to articles only",
    "link with a question mark",
    "link with digits",
    "link with hyphens",
    "link without http",
    "ends with a link",
    "the same link again",
    "markup",
    "markup in square brackets",
    "code",
    "quotation",
    "name after @",
    "e-mail address",
    "sum of money",
    "digits as letters",
)
#: Families with a factor of their own; the others share the first column.
_ALONE = (Family.NAME, Family.ADDRESS)
#: Families of words. They count less if the author gave a website, because bloggers recommend and praise like adverts.
WORDS = (Family.WORDS, Family.PAIRS, Family.GRAMS)
_LEAST_BELOW_WEBSITE = -0.5
PLAIN = (*SUSPICIOUS, *HARMLESS, *CORRECTED)
_INDEX = {name: n for n, name in enumerate(PLAIN)}
_MOST, _LEAST_TRUST, _LEAST_CORRECTION, _MOST_CORRECTION = 2.0, 0.75, -2.5, 1.0
BOUNDS = (
    (0.5, 2.0),
    *[(0.0, 1.0)] * len(_ALONE),
    (_LEAST_BELOW_WEBSITE, 0.0),
    *[(0.0, _MOST)] * len(SUSPICIOUS),
    *[(-_LEAST_TRUST, 0.0)] * len(HARMLESS),
    *[(_LEAST_CORRECTION, _MOST_CORRECTION)] * len(CORRECTED),
)
RIDGE = np.array([1e-4] * (1 + len(_ALONE)) + [1e-3] * (1 + len(SUSPICIOUS) + len(HARMLESS)) + [3e-3] * len(CORRECTED))
#: The weight of a source is this power of its size.
SIZE_POWER = 0.5
#: Share of the honest comments of a blog or newspaper that the shipped model alone may hold, on sources it never saw.
HONEST_HELD = 0.011


@dataclass(frozen=True, slots=True)
class Shown:
    """One source: its features, and its plain traits."""

    name: str
    batch: Batch
    plain: Array

    @property
    def is_place(self) -> bool:
        return self.name in PLACES


def shown(name: str, examples: Sequence[Example]) -> Shown:
    plain = np.zeros((len(examples), len(PLAIN)))
    for n, example in enumerate(examples):
        found = plain_traits(features(comment(example)))
        plain[n, [_INDEX[trait] for trait in found if trait in _INDEX]] = 1
    return Shown(name, batch(examples, name), plain)


@dataclass(frozen=True, slots=True)
class Columns:
    """The regression's columns of one source, and 1.0 for each spam comment."""

    name: str
    values: Array
    spam: Array

    @classmethod
    def of(cls, source: Shown, words: Weights) -> "Columns":
        by_family = [source.batch.rows[:, _part(family)] @ words.of[_part(family)] for family in Family]
        base = sum(found for family, found in zip(Family, by_family, strict=True) if family not in _ALONE)
        has_website = source.batch.rows[:, _part(Family.ADDRESS)].getnnz(axis=1) > 0
        below_website = has_website * sum(by_family[family] for family in WORDS)
        scaled = (base, *(by_family[family] for family in _ALONE), below_website)
        return cls(source.name, np.column_stack([*scaled, source.plain]), source.batch.spam)


def _part(family: Family) -> slice:
    return slice(START[family], START[family] + BUCKETS[family])


@dataclass(frozen=True, slots=True)
class PlainPoints:
    """The fitted numbers: a factor for each scaled column, points for each plain one, and the bias.

    `shift` moves the logits so that HONEST_HELD of the honest comments are above 0.
    """

    of: Array
    bias: float
    shift: float

    def logits(self, columns: Columns) -> Array:
        return np.asarray(columns.values @ self.of + self.bias)

    def log_odds(self, columns: Columns) -> Array:
        return self.logits(columns) + self.shift


def fit_points(found: Mapping[str, Columns]) -> PlainPoints:
    """Fit a logistic regression within BOUNDS. Spam and honest comments have equal sums of weights."""
    every = found.values()
    values, spam = np.vstack([c.values for c in every]), np.concatenate([c.spam for c in every])
    each = np.concatenate([_importance(c.spam) for c in every])
    for label in (0, 1):
        each[spam == label] *= 0.5 / each[spam == label].sum()

    def loss(at: Array) -> tuple[float, Array]:
        logits = values @ at[:-1] + at[-1]
        error = each * (1 / (1 + np.exp(-logits)) - spam)
        total = (each * (np.logaddexp(0, logits) - spam * logits)).sum() + (RIDGE * at[:-1] ** 2).sum() / 2
        return float(total), np.append(values.T @ error + RIDGE * at[:-1], error.sum())

    start = np.append([1.0, *[0.5] * len(_ALONE)], np.zeros(len(PLAIN) + 2))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*BOUNDS, (None, None)])
    fitted = PlainPoints(np.round(best.x[:-1], 4), round(float(best.x[-1]), 4), 0.0)
    return PlainPoints(fitted.of, fitted.bias, round(-_honest_bar(fitted, found), 4))


def _importance(spam: Array) -> Array:
    each = np.zeros(len(spam))
    for label in (0, 1):
        if n := int((spam == label).sum()):
            each[spam == label] = n ** (SIZE_POWER - 1)
    return each


def _honest_bar(points: PlainPoints, found: Mapping[str, Columns]) -> float:
    """Return the logit that HONEST_HELD of the honest comments exceed. Every blog and newspaper has equal weight."""
    pages = [c for name, c in found.items() if CORPUS[name].is_page and (c.spam == 0).sum() >= 200]
    logits = [points.logits(c)[c.spam == 0] for c in pages or found.values()]
    each = np.concatenate([np.full(len(some), 1 / len(some)) for some in logits])
    every = np.concatenate(logits)
    order = np.argsort(-every)
    above = np.cumsum(each[order]) / each.sum()
    return float(every[order][np.searchsorted(above, HONEST_HELD)])

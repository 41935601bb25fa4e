"""Calibration of logits to probabilities, on unseen sources."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .corpora import FREE
from .fit import Array, fit
from .protocol import Sources, free

#: Assumed share of spam among received comments. At .2, .4 of 1,000 newspaper comments were held; at .3, 2.7 of 1,000.
SPAM_SHARE = 0.25
NEWTON_STEPS = 60
LONGEST_STEP = 0.25


@dataclass(frozen=True, slots=True)
class Calibration:
    """P(spam) = 1 / (1 + exp(-(slope * logit + shift)))."""

    slope: float
    shift: float

    def probabilities(self, logits: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-(self.slope * logits + self.shift))))


@dataclass(frozen=True, slots=True)
class Unseen:
    """Logits of one free source by a model without it, and 1.0 for each spam comment."""

    source: str
    logits: Array
    spam: Array


def unseen(sources: Sources) -> list[Unseen]:
    """Score every free source with a model that was not trained on it."""
    of = sources.real
    return [Unseen(name, fit(free(sources, name)).logits(of[name]), of[name].spam) for name in FREE]


def calibrated(found: Sequence[Unseen]) -> Calibration:
    """Fit Platt's two numbers on unseen sources with equal weight."""
    logits = np.concatenate([u.logits for u in found])
    spam = np.concatenate([u.spam for u in found])
    each = np.concatenate([np.full(len(u.spam), 1 / len(u.spam)) for u in found])
    for chosen, share in ((spam == 1, SPAM_SHARE), (spam == 0, 1 - SPAM_SHARE)):
        each[chosen] *= share / each[chosen].sum()
    return platt(logits.tolist(), spam.tolist(), each.tolist())


def _short(step: float) -> float:
    """Limit a step: far from the optimum Newton's steps overshoot."""
    return max(-LONGEST_STEP, min(LONGEST_STEP, step))


def platt(logits: Sequence[float], spam: Sequence[float], each: Sequence[float]) -> Calibration:
    """Newton's method on the weighted log loss, in plain Python so that every machine adds in the same order."""
    slope, shift = 1.0, 0.0
    for _ in range(NEWTON_STEPS):
        g1 = g0 = h11 = h10 = h00 = 0.0
        for x, y, w in zip(logits, spam, each, strict=True):
            p = 1 / (1 + math.exp(-max(-40.0, min(40.0, slope * x + shift))))
            error, curve = w * (p - y), w * p * (1 - p) + 1e-12
            g1, g0 = g1 + error * x, g0 + error
            h11, h10, h00 = h11 + curve * x * x, h10 + curve * x, h00 + curve
        whole = h11 * h00 - h10 * h10
        slope -= _short((h00 * g1 - h10 * g0) / whole)
        shift -= _short((h11 * g0 - h10 * g1) / whole)
    return Calibration(round(slope, 6), round(shift, 6))

"""Bayes: what this site's moderators have taught."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal

from ..learning import Clue, estimate, tokens, trust
from .base import Facts, Filter, Weight

#: Log-odds that have full strength: one in a thousand.
CERTAIN = math.log(0.999 / 0.001)
#: Fainter strengths are not worth a line on the review page.
FAINT = 0.01


def log_odds(probability: float) -> float:
    """The scale on which evidence adds up, as points do. Finite also for 0 and 1."""
    p = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))


def reasons(clues: Iterable[Clue], spam: bool) -> str:
    told = [c for c in clues if (c.probability > 0.5) is spam][:4]
    return ", ".join(f"“{c.token}” in {c.spam} spam and {c.ham} approved" for c in told)


@dataclass(frozen=True)
class Bayes(Filter):
    """Compares the comment's words, links and author with those of comments that moderators decided about."""

    name = "bayes"
    # Spam alone from P(spam) = .996 on, and only when trusted in full: 0.4 of 10 points is short of spam.
    weights: ClassVar[Mapping[str, Weight]] = {"bayes.spam": 10.0, "bayes.ham": -3.0}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        found = estimate(tokens(comment), facts.corpus)
        evidence = log_odds(found.probability)
        strength = min(1.0, abs(evidence) / CERTAIN) * trust(facts.corpus)
        if strength >= FAINT:
            spam = evidence > 0
            yield Signal("bayes.spam" if spam else "bayes.ham", strength, reasons(found.clues, spam))

"""Combine the shipped model with the site's own model.

`training.combine` fitted the numbers on streams of comments that the shipped model had not seen.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from comments.model import Comment
from comments.probability import probability
from comments.storage.values import TokenCounts
from workers.text.memo import ByIdentity

from .prior_model import shipped_prior
from .site_model import LESSONS_NEEDED, has_enough_lessons, mean_log_odds, rarer_lessons, token_log_odds_of, tokens

#: Weight of the shipped model's log-odds, and the log-odds of an average comment. Both before the first lesson and
#: after many.
PRIOR_WEIGHT, OFFSET = (1.22, 0.85), (2.46, 0.50)
#: Weight of the site's log-odds after many lessons, and the lessons of the rarer label at which it is half of that.
SITE_WEIGHT, HALF_TAUGHT = 5.38, 7

#: Log-odds that are added for each lesson of spam that the filters gave a probability of 0, and taken away for each
#: honest one that they gave 1; for all others in proportion. As each score includes what earlier lessons added, the sum
#: stops to grow when the site's probabilities are right. At most MAX_SHIFT.
SHIFT_RATE, MAX_SHIFT = 0.1, 2.0

#: Log-odds that hold a comment on a site without lessons of spam, those of the shipped model's own threshold; after
#: many; and the lessons of spam half way between both.
HOLD_COLD, HOLD_TAUGHT, HALF_CAREFUL = OFFSET[0], -2.8, 5
#: Increase of that threshold after many lessons of both labels, which make the site more certain and hold fewer
#: comments; and the lessons of the rarer label for half of it.
HOLD_CERTAIN, HALF_CERTAIN = 3.0, 60


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """Log-odds from which a comment is spam, for a share of honest comments that may be refused by learning.

    `fresh` holds with the first lessons that allow refusals, `taught` after many, and `half` is the number of lessons
    of the rarer label half way between both. A comment must also be above the highest recent score of an honest one
    that was held, by `margin`. A shift towards spam raises the threshold too: it holds comments and refuses none.
    """

    fresh: float
    taught: float
    half: int
    margin: float

    def spam_at(self, lessons: TokenCounts) -> float:
        """Return the threshold; infinite on a site without enough lessons."""
        if not has_enough_lessons(lessons) or math.isinf(self.fresh):
            return math.inf
        threshold = _between(self.fresh, self.taught, rarer_lessons(lessons) - LESSONS_NEEDED, self.half)
        threshold += max(0.0, calibration_shift(lessons.residual))
        return max(threshold, lessons.ham_ceiling + self.margin) if lessons.ham_ceiling else threshold


#: By the values of the site setting `refusals`. Of 8,894 honest comments in three streams (bench.streams; two of them
#: are advertising that the corpus labels honest) 2, 4 and 13 were refused.
REFUSAL_RULES: Mapping[str, RefusalRule] = {
    "none": RefusalRule(math.inf, math.inf, 1, math.inf),
    "1 in 3000": RefusalRule(5.0, 4.0, 50, 1.0),
    "1 in 1000": RefusalRule(4.5, 2.0, 20, 0.5),
    "1 in 100": RefusalRule(2.0, 1.0, 20, -math.inf),
}
DEFAULT_REFUSALS = "1 in 1000"
#: Log-odds of the shipped model below which it contradicts a refusal, and what each unit below adds to the threshold.
#: Of ten honest comments that were refused below videos, nine were below, but less than a third of the spam.
PRIOR_HONEST, PRIOR_DOUBT = -2.0, 0.7


@dataclass(frozen=True, slots=True)
class CombinedScore:
    """Log-odds that a comment is spam, and those from which this site holds and refuses."""

    log_odds: float
    hold_at: float
    spam_at: float  # infinite while the site has too few lessons
    token_odds: Mapping[str, float] = field(
        default_factory=dict
    )  # tokens of the comment -> their log-odds on this site

    @property
    def probability(self) -> float:
        return probability(self.log_odds)


@lru_cache(maxsize=128)
def prior_log_odds(comment: Comment) -> float:
    """Return the shipped model's log-odds, which no lesson changes."""
    return shipped_prior().log_odds(comment)


def combined_score(
    comment: Comment, lessons: TokenCounts, refusals: str = DEFAULT_REFUSALS, prior: float | None = None
) -> CombinedScore:
    """Return the score of both models together. `refusals` is the site's setting for the share of wrong refusals.

    `prior` replaces the shipped model's log-odds in evaluations, by those of a model that did not see the comment.
    """
    return _combined_score(comment, ByIdentity(lessons), refusals, prior)


@lru_cache(maxsize=128)
def _combined_score(
    comment: Comment, of_site: ByIdentity[TokenCounts], refusals: str, given: float | None
) -> CombinedScore:
    """Cached, because a judgement needs the score up to four times."""
    lessons, prior = of_site.value, prior_log_odds(comment) if given is None else given
    token_odds = token_log_odds_of(tokens(comment), lessons) if lessons.tokens else {}
    site = mean_log_odds(token_odds, len(tokens(comment))) if token_odds else 0.0
    line = _line_of_site(lessons.ham, lessons.spam, lessons.ham_ceiling, lessons.residual, refusals)
    log_odds = line.prior_weight * prior + line.site_weight * site + line.offset + line.shift
    spam_at = line.spam_at + PRIOR_DOUBT * max(0.0, PRIOR_HONEST - prior)
    return CombinedScore(log_odds, line.hold_at, spam_at, token_odds)


class _Line(NamedTuple):
    """The numbers that both models are combined with on a site, and its thresholds."""

    prior_weight: float
    site_weight: float
    offset: float
    shift: float
    hold_at: float
    spam_at: float


@lru_cache(maxsize=256)
def _line_of_site(ham: int, spam: int, ham_ceiling: float, residual: int, refusals: str) -> _Line:
    """Return the line for these lessons. Cached, because many comments come between two lessons."""
    lessons = TokenCounts(ham, spam, {}, ham_ceiling, residual)
    weights, shift = _weights(rarer_lessons(lessons)), calibration_shift(residual)
    return _Line(*weights, shift, hold_threshold(lessons), REFUSAL_RULES[refusals].spam_at(lessons))


def calibration_shift(residual: float, rate: float = SHIFT_RATE) -> float:
    """Return the shift of the log-odds by the residuals of a site's lessons."""
    return max(-MAX_SHIFT, min(MAX_SHIFT, rate * residual / 100))


def new_site_score(prior: float) -> CombinedScore:
    """Return the score on a site without lessons, for log-odds of a shipped model."""
    weight, _, offset = _weights(0)
    return CombinedScore(weight * prior + offset, HOLD_COLD, math.inf)


def _weights(lessons: int) -> tuple[float, float, float]:
    """Return the weights of prior and site, and the offset, after `n` lessons of the rarer label."""
    prior, offset = (_between(*ends, lessons, HALF_TAUGHT) for ends in (PRIOR_WEIGHT, OFFSET))
    return prior, _between(0.0, SITE_WEIGHT, lessons, HALF_TAUGHT), offset


def hold_threshold(lessons: TokenCounts) -> float:
    """Return the log-odds from which a site with these lessons holds a comment."""
    careful = _between(HOLD_COLD, HOLD_TAUGHT, lessons.spam, HALF_CAREFUL)
    return careful + _between(0.0, HOLD_CERTAIN, rarer_lessons(lessons), HALF_CERTAIN)


def _between(first: float, last: float, n: int, half: int) -> float:
    """`first` at 0, half way at `half`, towards `last` for large n."""
    return last + (first - last) * half / (half + n)

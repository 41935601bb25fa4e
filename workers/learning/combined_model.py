"""One judgement out of two: what is shipped, and what the site's own moderators taught.

`training.combine` fitted the numbers on streams of comments that the prior had not seen, and says how well they do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from comments.model import Comment
from comments.probability import probability
from comments.storage.values import TokenCounts
from workers.text.memo import Same

from .prior_model import shipped
from .site_model import LESSONS, is_trusted, odds, rarer, taught, tokens

#: What one of the prior's log-odds counts, and the odds where nothing is known; before the first lesson and after many.
OF_PRIOR, OFFSET = (2.61, 1.86), (2.78, 1.07)
#: What one of the site's counts after many lessons, and lessons of the rarer label at which it is half of that.
OF_SITE, HALF_TAUGHT = 3.56, 7

#: Log-odds from which on a comment is held: strict on a site that called nothing spam, where honest news are at stake;
#: half way to generous after so many lessons of spam. What the site knows of both is surer, and so less is held again:
#: by so much, half of it after so many lessons of the rarer label.
HOLD_COLD, HOLD_TAUGHT, HALF_WARY = 2.8, -4.0, 5
HOLD_SURE, HALF_SURE = 3.0, 90


@dataclass(frozen=True, slots=True)
class Care:
    """Log-odds from which on a comment is spam, by how many honest ones may be refused by what was learned.

    At the first lessons after which any is, and half way there after so many more of the rarer label. Honest comments
    that are held show by then how far they reach: above the highest lately, by a margin, is refused.
    """

    fresh: float
    taught: float
    half: int
    margin: float

    def spam_at(self, seen: TokenCounts) -> float:
        """Infinite on a site that has not taught enough."""
        if not is_trusted(seen) or math.isinf(self.fresh):
            return math.inf
        sure = _between(self.fresh, self.taught, rarer(seen) - LESSONS, self.half)
        return max(sure, seen.ham_ceiling + self.margin) if seen.ham_ceiling else sure


#: By the words in which a site chooses. Of 8,894 honest comments in three streams (bench.streams; two of them are
#: advertising that the corpus calls honest) 2, 4 and 13 were refused.
CARES: Mapping[str, Care] = {
    "none": Care(math.inf, math.inf, 1, math.inf),
    "1 in 3000": Care(5.0, 4.0, 50, 1.0),
    "1 in 1000": Care(4.0, 1.5, 20, 0.25),
    "1 in 100": Care(2.0, 1.0, 20, -math.inf),
}
USUAL = "1 in 1000"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Log-odds that a comment is spam, and those at which it is held and refused on this site."""

    log_odds: float
    hold_at: float
    spam_at: float  # infinite while the site has not taught enough
    of_site: Mapping[str, float] = field(default_factory=dict)  # tokens of the comment -> their log-odds here

    @property
    def probability(self) -> float:
        return probability(self.log_odds)


@lru_cache(maxsize=128)
def everywhere(comment: Comment) -> float:
    """The prior's log-odds, which no lesson changes."""
    return shipped().log_odds(comment)


@lru_cache(maxsize=128)
def here(comment: Comment, seen: Same[TokenCounts]) -> tuple[Mapping[str, float], float]:
    """The log-odds of the comment's tokens on this site, and their mean; every comment is asked about twice."""
    asked = tokens(comment)
    of_site = odds(asked, seen.value)
    return of_site, taught(of_site, len(asked))


def judged(comment: Comment, seen: TokenCounts, refusals: str = USUAL) -> Judgement:
    """What prior and site say together. `refusals` is the site's choice of how many may be wrong."""
    of_site, said = here(comment, Same(seen))
    prior, site, offset = _weights(rarer(seen))
    log_odds = prior * everywhere(comment) + site * said + offset
    return Judgement(log_odds, hold_at(seen), CARES[refusals].spam_at(seen), of_site)


@lru_cache(maxsize=64)
def _weights(known: int) -> tuple[float, float, float]:
    """Of prior, site and offset after so many lessons of the rarer label."""
    prior, offset = (_between(*ends, known, HALF_TAUGHT) for ends in (OF_PRIOR, OFFSET))
    return prior, _between(0.0, OF_SITE, known, HALF_TAUGHT), offset


def hold_at(seen: TokenCounts) -> float:
    """Log-odds from which on a comment is held on a site with those lessons."""
    wary = _between(HOLD_COLD, HOLD_TAUGHT, seen.spam, HALF_WARY)
    return wary + _between(0.0, HOLD_SURE, rarer(seen), HALF_SURE)


def _between(first: float, last: float, n: int, half: int) -> float:
    return last + (first - last) * half / (half + n)

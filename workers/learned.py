"""One judgement out of two: what is shipped, and what the site's own moderators taught.

`training.combine` fitted the numbers on streams of comments that the prior had not seen, and says how well they do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from comments.model import Comment
from comments.storage import TokenCounts

from .learning import LESSONS, is_trusted, odds, taught, tokens
from .prior import shipped

#: What one of the prior's log-odds, and one of the site's, counts; and the odds where neither says anything.
OF_PRIOR, OF_SITE, OFFSET = 2.38, 2.11, 2.43

#: Log-odds from which on a comment is held: strict on a site that called nothing spam, where honest news are at stake;
#: half way to generous after so many lessons of spam. Lessons of ham are no reason to hold more.
HOLD_COLD, HOLD_TAUGHT, HALF_WARY = 3.0, -2.5, 7


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
        sure = _between(self.fresh, self.taught, min(seen.ham, seen.spam) - LESSONS, self.half)
        return max(sure, seen.bar + self.margin) if seen.bar else sure


#: By the words in which a site chooses. Of 8,894 honest comments in three streams (bench.streams; two of them are
#: advertising that the corpus calls honest) 1, 6 and 19 were refused.
CARES: Mapping[str, Care] = {
    "none": Care(math.inf, math.inf, 1, math.inf),
    "1 in 3000": Care(7.0, 5.0, 100, 2.0),
    "1 in 1000": Care(5.0, 2.0, 50, 0.5),
    "1 in 100": Care(3.0, 1.0, 30, -math.inf),
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
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, self.log_odds))))


@lru_cache(maxsize=128)
def everywhere(comment: Comment) -> float:
    """What is known without any lesson."""
    return OF_PRIOR * shipped().log_odds(comment) + OFFSET


def judged(comment: Comment, seen: TokenCounts, refusals: str = USUAL) -> Judgement:
    """What prior and site say together. `refusals` is the site's choice of how many may be wrong."""
    of_site = odds(tokens(comment), seen)
    log_odds = everywhere(comment) + OF_SITE * taught(of_site, seen)
    hold_at = _between(HOLD_COLD, HOLD_TAUGHT, seen.spam, HALF_WARY)
    return Judgement(log_odds, hold_at, CARES[refusals].spam_at(seen), of_site)


def _between(first: float, last: float, n: int, half: int) -> float:
    return last + (first - last) * half / (half + n)

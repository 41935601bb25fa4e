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
OF_PRIOR, OF_SITE, OFFSET = 2.40, 2.27, 2.49

#: Log-odds from which on a comment is held: strict on a site that called nothing spam, where honest news are at stake;
#: half way to generous after so many lessons of spam. Lessons of ham are no reason to hold more.
HOLD_COLD, HOLD_TAUGHT, HALF_WARY = 3.0, -2.0, 10
#: Log-odds from which on it is spam: at the first lessons after which any is, and half way there after so many more of
#: the rarer label. Honest comments that are held show by then how far they reach: above that, by a margin, is refused.
SPAM, SPAM_TAUGHT, HALF_SURE, MARGIN = 5.0, 2.0, 100, 0.5


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


def judged(comment: Comment, seen: TokenCounts) -> Judgement:
    """What prior and site say together."""
    of_site = odds(tokens(comment), seen)
    log_odds = everywhere(comment) + OF_SITE * taught(of_site, seen)
    hold_at = _between(HOLD_COLD, HOLD_TAUGHT, seen.spam, HALF_WARY)
    return Judgement(log_odds, hold_at, spam_at(seen) if is_trusted(seen) else math.inf, of_site)


def spam_at(seen: TokenCounts) -> float:
    """Log-odds from which on a comment is spam on a site that taught enough."""
    sure = _between(SPAM, SPAM_TAUGHT, min(seen.ham, seen.spam) - LESSONS, HALF_SURE)
    return max(sure, seen.bar + MARGIN) if seen.bar else sure


def _between(first: float, last: float, n: int, half: int) -> float:
    return last + (first - last) * half / (half + n)

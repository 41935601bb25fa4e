"""One judgement out of two: what is shipped, and what the site's own moderators taught.

`training.combine` fitted the numbers on streams of comments that the prior had not seen, and says how well they do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from comments.model import Comment
from comments.storage import TokenCounts

from .learning import HALF_TAUGHT, is_trusted, odds, taught, tokens
from .prior import shipped

#: What one of the prior's log-odds, and one of the site's, counts; and the odds where neither says anything.
OF_PRIOR, OF_SITE, OFFSET = 2.50, 1.19, 2.78

#: Log-odds from which on a comment is held: strict on a site that taught nothing, where honest news are at stake, and
#: generous where half of what was taught is believed and more.
HOLD_COLD, HOLD_TAUGHT = 3.0, -1.0
#: Log-odds from which on it is spam, once the site taught enough; never below what honest comments had lately.
SPAM = 5.0


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


def judged(comment: Comment, seen: TokenCounts) -> Judgement:
    """What prior and site say together."""
    of_site = odds(tokens(comment), seen)
    log_odds = OF_PRIOR * shipped().log_odds(comment) + OF_SITE * taught(of_site, seen) + OFFSET
    lessons = seen.ham + seen.spam
    hold_at = HOLD_TAUGHT + (HOLD_COLD - HOLD_TAUGHT) * HALF_TAUGHT / (HALF_TAUGHT + lessons)
    return Judgement(log_odds, hold_at, max(SPAM, seen.bar) if is_trusted(seen) else math.inf, of_site)

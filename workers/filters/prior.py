"""Prior: what is known about advertising before a site has taught anything."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal

from .. import prior
from ..learning import LAST_TRUST, trust
from ..prior import UNREAD, Contribution
from .base import Facts, Filter, Weight

#: Log-odds that have no strength, those that hold alone, and those of full strength. Chosen with `bench.outcomes`: with
#: the other filters 2 of 1,000 honest newspaper comments and 13 to 24 on blogs are held by points; with HOLDS .2 lower
#: a tenth more of the spam is held, and half as many honest comments again. No honest one of 9,000 reaches 2.8.
FAINT, HOLDS, CERTAIN = -0.3, 0.1, 5.0
#: Of the full strength, what holds: with the weight below, the points of `hold_at`.
HOLDING = 0.3
#: Log-odds from which on it speaks for a comment, in full at twice as much.
HONEST = -1.0


def strength(log_odds: float) -> float:
    """From 0 at FAINT over HOLDING at HOLDS to 1 at CERTAIN."""
    if log_odds < HOLDS:
        return HOLDING * max(0.0, log_odds - FAINT) / (HOLDS - FAINT)
    return min(1.0, HOLDING + (1 - HOLDING) * (log_odds - HOLDS) / (CERTAIN - HOLDS))


def told(contributions: Iterable[Contribution], spam: bool) -> str:
    """The four weightiest reasons on this side."""
    return ", ".join([c.evidence for c in contributions if (c.logit > 0) is spam and c.evidence != UNREAD][:4])


@dataclass(frozen=True)
class Prior(Filter):
    """Weighs words, links, style and name with the weights that are shipped. See docs/model-card.md."""

    name = "prior"
    # Until a site has taught enough, never more than 4 of the 10 points: it holds, and makes spam with others only.
    # What it takes off lets an honest reader give three links instead of two; the same for a template of praise.
    weights: ClassVar[Mapping[str, Weight]] = {"prior.spam": 10.0, "prior.ham": -1.5}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        log_odds = prior.shipped().log_odds(comment)
        if log_odds > FAINT:
            most = max(LAST_TRUST, trust(facts.corpus))
            reasons = told(prior.score(comment).contributions, spam=True)
            yield Signal("prior.spam", min(most, strength(log_odds)), reasons)
        elif log_odds < HONEST:
            reasons = told(prior.score(comment).contributions, spam=False)
            yield Signal("prior.ham", min(1.0, log_odds / HONEST - 1), reasons)

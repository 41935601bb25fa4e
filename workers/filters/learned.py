"""Learned: what is known about advertising everywhere, and what this site's moderators have taught."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.storage.values import TokenCounts
from workers.learning.combined_model import Judgement, judged
from workers.learning.prior_model import shipped
from workers.learning.site_model import LOOKS, clues
from workers.text.traits import IN_WORDS

from .base import Facts, Filter, Weight

#: Of the full strength, what holds, the most that does no more than hold, and what is spam: with the weight below the
#: points of `hold_at`, a little more, and those of `spam_at`.
HOLDING, DOUBTFUL, REFUSED = 0.3, 0.4, 0.8
#: Log-odds below those that hold in which doubt grows, and further below, in which nothing is said; then words speak
#: for a comment, in full another FULL below. Chosen with bench.outcomes: a wider doubt holds honest readers' links.
DOUBT, SILENCE, FULL = 1.0, 1.6, 5.0
#: Log-odds above those that hold over which what is held is told apart by its points. With one, most of what a person
#: sees had the same: recall at 1 % by points, on six mixed sources as they are learned, was .867, and is .934.
RANKED = 8.0
#: Reasons of what is known everywhere, at most.
TOLD = 3


def strength(judgement: Judgement) -> float:
    """From 0 over HOLDING, where a comment is held, to REFUSED, where it is spam, and 1 as far beyond."""
    above = judgement.log_odds - judgement.hold_at
    if above < 0:
        return HOLDING * max(0.0, 1 + above / DOUBT)
    if math.isinf(judgement.spam_at) or judgement.log_odds < judgement.spam_at:
        return min(DOUBTFUL, HOLDING + (DOUBTFUL - HOLDING) * above / RANKED)
    return min(1.0, REFUSED + (1 - REFUSED) * (judgement.log_odds - judgement.spam_at) / FULL)


def told(comment: Comment, seen: TokenCounts, of_site: Mapping[str, float], spam: bool) -> str:
    """The site's own reasons on this side, then up to three of what is known everywhere.

    Of honest comments, which are most, only the site's own: the others take as long to tell as to judge.
    """
    reasons = [f"{_said(c.token)} in {c.spam} spam and {c.ham} approved" for c in clues(of_site, seen, spam)]
    if spam:
        reasons += shipped().reasons(comment, TOLD)
    return ", ".join(reasons) or f"written like {'spam' if spam else 'honest comments'}"


def _said(token: str) -> str:
    """In quotes what stands in the comment, which is where a card marks it."""
    looks = token.removeprefix(LOOKS)
    return IN_WORDS.get(looks, looks) if token.startswith(LOOKS) else f"“{token}”"


@dataclass(frozen=True)
class Learned(Filter):
    """Weighs words, links, style and name: with the weights that are shipped, and by the lessons counted here."""

    name = "learned"
    # Spam alone only where the site taught enough; until then at most 4 points, which hold.
    weights: ClassVar[Mapping[str, Weight]] = {"learned.spam": 10.0, "learned.ham": -3.0}

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        judgement, seen = judged(comment, facts.corpus, facts.site.refusals), facts.corpus
        if doubt := strength(judgement):
            yield Signal("learned.spam", doubt, told(comment, seen, judgement.of_site, spam=True))
        elif (below := judgement.hold_at - DOUBT - SILENCE - judgement.log_odds) > 0:
            yield Signal("learned.ham", min(1.0, below / FULL), told(comment, seen, judgement.of_site, spam=False))

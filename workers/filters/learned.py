"""Learned: the shipped model and the lessons of this site's moderators."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from comments.storage.values import TokenCounts
from workers.learning.combined_model import CombinedScore, combined_score
from workers.learning.prior_model import shipped_prior
from workers.learning.site_model import TRAIT, strongest_tokens
from workers.text.traits import PLAIN_NAMES

from .base import Facts, Filter

#: The least strength that holds, the greatest that only holds, and the least that is spam. With the weight below these
#: are the points of `hold_at`, a little more, and the points of `spam_at`.
HOLDS, MAX_HOLDS, IS_SPAM = 0.3, 0.4, 0.8
#: Log-odds below the hold threshold over which the strength falls to 0; a further range without a signal; and the range
#: over which "ham" rises to full strength. Chosen with bench.outcomes: a wider FADE holds honest readers' links.
FADE, NO_SIGNAL, FULL = 1.0, 1.6, 5.0
#: Log-odds above the hold threshold over which held comments get different points. With one value for all, recall at
#: 1 % by points on six mixed sources, as they are learned, was .867 instead of .934.
HELD_RANGE = 8.0
#: Reasons of the shipped model to list.
MAX_PRIOR_REASONS = 3


def spam_strength(score: CombinedScore) -> float:
    """Return 0 for no sign of spam, HOLDS at the hold threshold, IS_SPAM at the spam threshold, up to 1."""
    above = score.log_odds - score.hold_at
    if above < 0:
        return HOLDS * max(0.0, 1 + above / FADE)
    if math.isinf(score.spam_at) or score.log_odds < score.spam_at:
        return min(MAX_HOLDS, HOLDS + (MAX_HOLDS - HOLDS) * above / HELD_RANGE)
    return min(1.0, IS_SPAM + (1 - IS_SPAM) * (score.log_odds - score.spam_at) / FULL)


def reasons(comment: Comment, lessons: TokenCounts, token_odds: Mapping[str, float], spam: bool) -> str:
    """Return the strongest reasons of the site, then up to three of the shipped model.

    Honest comments, the majority, get only the site's, because those of the shipped model take as long as judging.
    """
    found = [
        f"{_token_text(clue.token)} in {clue.spam} spam and {clue.ham} approved"
        for clue in strongest_tokens(token_odds, lessons, spam)
    ]
    if spam:
        found += shipped_prior().reasons(comment, MAX_PRIOR_REASONS)
    return ", ".join(found) or f"Reads like {'spam' if spam else 'honest comments'}"


def _token_text(token: str) -> str:
    """Return a word of the comment in quotes, so that a card can highlight it, or a trait in plain words."""
    trait = token.removeprefix(TRAIT)
    return PLAIN_NAMES.get(trait, trait) if token.startswith(TRAIT) else f"“{token}”"


@dataclass(frozen=True)
class LearnedFilter(Filter):
    """Scores words, links, style and name with the shipped weights and with this site's lessons."""

    name = "learned"
    # Spam alone only after enough lessons on the site. Until then 4 points at most, which hold.
    signals: ClassVar[SignalCatalogue] = {
        "learned.spam": SignalInfo(
            10.0,
            "it reads like spam, by the shipped model and by this site's lessons; strength 0.4 at most, which only "
            "holds, until the site has fifteen lessons of spam and fifteen of ham",
            "it read less like spam ({evidence})",
            gradual=True,
            label="Reads like spam",
        ),
        "learned.ham": SignalInfo(
            -3.0, "it reads like honest comments, by the same two models", label="Reads like a real comment"
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        lessons = facts.corpus
        score = combined_score(comment, lessons, facts.site.refusals)
        if strength := spam_strength(score):
            yield Signal("learned.spam", strength, reasons(comment, lessons, score.token_odds, spam=True))
        elif (below := score.hold_at - FADE - NO_SIGNAL - score.log_odds) > 0:
            yield Signal("learned.ham", min(1.0, below / FULL), reasons(comment, lessons, score.token_odds, spam=False))

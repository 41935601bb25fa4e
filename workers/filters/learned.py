"""Learned: the shipped model and the lessons of this site's moderators."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from comments.learned_evidence import (
    MAX_CLUES,
    READS_LIKE_HAM,
    READS_LIKE_SPAM,
    LearnedClue,
    distinct_clues,
    evidence_text,
    token_text,
)
from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from comments.storage.values import TokenCounts
from workers.learning.combined_model import CombinedScore, combined_score
from workers.learning.features import features
from workers.learning.prior_model import shipped_prior
from workers.learning.site_model import TRAIT, strongest_tokens
from workers.text.trait_names import plain_name

from .base import Facts, Filter

#: The least strength that holds, the limit of those that only hold, and the least that is spam. With the weight below
#: these are the points of `hold_at`, three more, and the points of `spam_at`.
HOLDS, MAX_HOLDS, IS_SPAM = 0.3, 0.6, 0.8
#: Strength for one unit of log-odds around the hold threshold, so that the points of other signals, which are log-odds
#: too, add up with these to one score. Adding signals with larger points put honest comments with links on top.
UNIT = 0.15
#: Log-odds above the spam threshold over which the strength rises to 1, and strength of "ham" for one unit of log-odds.
FULL, HAM_UNIT = 5.0, 1 / 3
#: Reasons to list: of the site before those of the shipped model, of that model, and against the verdict.
MAX_SITE_REASONS, MAX_PRIOR_REASONS, MAX_AGAINST = 3, 6, 2


def spam_strength(score: CombinedScore) -> float:
    """Return 0 for no sign of spam, HOLDS at the hold threshold, IS_SPAM at the spam threshold, up to 1."""
    above = score.log_odds - score.hold_at
    if above < 0:
        return max(0.0, HOLDS + UNIT * above)
    if math.isinf(score.spam_at) or score.log_odds < score.spam_at:
        most = MAX_HOLDS - HOLDS
        return HOLDS + most * above / (above + most / UNIT)
    return min(1.0, IS_SPAM + (1 - IS_SPAM) * (score.log_odds - score.spam_at) / FULL)


def learned_strength(score: CombinedScore) -> tuple[str, float]:
    """Return the signal for a score and its strength, which may be 0."""
    if strength := spam_strength(score):
        return READS_LIKE_SPAM, strength
    below = score.hold_at - HOLDS / UNIT - score.log_odds
    return READS_LIKE_HAM, min(1.0, max(0.0, HAM_UNIT * below))


def reasons(comment: Comment, lessons: TokenCounts, token_odds: Mapping[str, float], spam: bool) -> str:
    """Return the strongest reasons of the site and of the shipped model, and up to two of the site against the verdict.

    Honest comments, the majority, get only the site's, because those of the shipped model take as long as judging.
    """
    written = frozenset(features(comment).words) if token_odds else frozenset[str]()
    against, found = list[LearnedClue](), list[LearnedClue]()
    if token_odds:
        against += islice(_site_clues(lessons, token_odds, written, spam, is_for=False), MAX_AGAINST)
        found += islice(_site_clues(lessons, token_odds, written, spam, is_for=True), MAX_CLUES)
    elif not spam:
        return _without_clues(spam)
    if spam:
        shipped = [LearnedClue(text) for text in shipped_prior().reasons(comment, MAX_PRIOR_REASONS)]
        found = [*found[:MAX_SITE_REASONS], *shipped, *found[MAX_SITE_REASONS:]]
    return evidence_text([*islice(distinct_clues(found), MAX_CLUES - len(against)), *against]) or _without_clues(spam)


def _without_clues(spam: bool) -> str:
    return f"Reads like {'spam' if spam else 'honest comments'}"


def _site_clues(
    lessons: TokenCounts, token_odds: Mapping[str, float], written: frozenset[str], spam: bool, is_for: bool
) -> Iterator[LearnedClue]:
    """Yield the site's clues for the verdict, or against it. Parts of addresses are no words that somebody wrote."""
    clues = strongest_tokens(token_odds, lessons, spam is is_for)
    readable = (c for c in clues if ":" in c.token or written.issuperset(c.token.split()))
    return distinct_clues(LearnedClue(_plain_text(c.token), (c.spam, c.ham), is_for) for c in readable)


def _plain_text(token: str) -> str:
    trait = token.removeprefix(TRAIT)
    return plain_name(trait) if token.startswith(TRAIT) else token_text(token)


@dataclass(frozen=True)
class LearnedFilter(Filter):
    """Scores words, links, style and name with the shipped weights and with this site's lessons."""

    name = "learned"
    # Spam alone only after enough lessons on the site. Until then less than 6 points, which hold.
    signals: ClassVar[SignalCatalogue] = {
        READS_LIKE_SPAM: SignalInfo(
            10.0,
            "it reads like spam, by the shipped model and by this site's lessons; strength below 0.6, which only "
            "holds, until the site has fifteen lessons of spam and fifteen of ham",
            "the text looked less like advertising",
            gradual=True,
            title="Looks like advertising",
            sentence="Its words and traits are more frequent in spam than in published comments.",
            tone="bad",
        ),
        READS_LIKE_HAM: SignalInfo(
            -3.0,
            "it reads like honest comments, by the same two models",
            title="Looks like a real comment",
            sentence="Its words and traits are more frequent in published comments than in spam.",
            tone="good",
        ),
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        lessons = facts.corpus
        score = combined_score(comment, lessons, facts.site.refusals)
        name, strength = learned_strength(score)
        if strength:
            yield Signal(name, strength, reasons(comment, lessons, score.token_odds, spam=name == READS_LIKE_SPAM))

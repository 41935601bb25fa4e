"""Limits on lessons: of one campaign, and of one moderator against the filters."""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from comments.lifecycle import Label
from comments.model import Comment, Decision
from comments.report_rules import DECIDED_BY_READERS
from comments.storage.corpus_lessons import Quota
from workers.text.normalization import fold
from workers.text.tokens import without_addresses, words

#: Near-duplicates of a campaign that count. With 3, 5 or all of them, .83 to .84 of a flood's spam is refused in the
#: end.
MAX_OF_CAMPAIGN = 5
#: Shorter texts belong to one campaign only if they have the same words.
FEW_WORDS = 8
#: Lessons of one moderator and day against a clear decision of the filters that count. 500 ordinary comments marked as
#: spam, against 80 correct lessons of others, make the site hold .65 of ordinary comments; with this limit .09; without
#: false lessons .06.
MAX_OVERRULING = 5
#: Log-odds above which the filters are certain of spam.
CERTAIN_SPAM = 4.0


def lesson_quotas(comment: Comment) -> tuple[Quota, ...]:
    """Quotas of the comment's lesson; empty if it is no lesson."""
    return tuple(_quotas(comment))


def _quotas(comment: Comment) -> Iterator[Quota]:
    taught, verdict, label = comment.lesson_decision, comment.filter_decision, comment.lesson
    if taught is None or label is None:
        return
    yield Quota(f"{label} {campaign(comment.content)}", MAX_OF_CAMPAIGN)
    if verdict and _overruled(verdict, label):
        yield Quota(f"{taught.by} {taught.at:%Y-%m-%d}", MAX_OVERRULING)


def _overruled(verdict: Decision, label: Label) -> bool:
    """Decide if a lesson contradicts a clear decision.

    What filters or readers sent to a moderator always counts: otherwise a flood would be learned late.
    """
    if label is Label.HAM:
        return verdict.log_odds > CERTAIN_SPAM
    return verdict.log_odds < 0 and verdict.score < verdict.hold_at and verdict.by != DECIDED_BY_READERS


@lru_cache(maxsize=256)
def campaign(content: str) -> str:
    """Name of a campaign: the pair of words with the least hash, which nearly equal texts mostly share.

    Method: min-wise hashing (Broder 1997). Two texts share it as often as they share pairs of words; if one word in
    twenty differs, nine times in ten.
    """
    text = fold(content).text
    kept = [word for word in words(without_addresses(text)) if not any(map(str.isdigit, word))]
    if len(kept) < FEW_WORDS:
        return " ".join(sorted(kept)) or text.strip()
    return min((f"{a} {b}" for a, b in pairwise(kept)), key=lambda pair: zlib.crc32(pair.encode("utf-8", "replace")))

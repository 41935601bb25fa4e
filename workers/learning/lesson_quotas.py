"""Lessons that must not teach as often as they come: those of one campaign, and a moderator's against the filters."""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from comments.lifecycle import Label
from comments.model import Comment, Decision
from comments.reports import DECIDED_BY_READERS
from comments.storage.corpus_lessons import Quota
from workers.text.normalization import fold
from workers.text.tokens import without_addresses, words

#: Near-duplicates that count. Whether 3, 5 or all of them do, of a flood's spam .83 to .84 are refused by and by.
OF_CAMPAIGN = 5
#: Texts of fewer words are alike only if they have the same words.
FEW_WORDS = 8
#: Lessons of one moderator and one day that count though the filters would have settled the comment the other way. 500
#: ordinary comments called spam, against 80 true lessons of others, make .65 of ordinary comments held; with this .09;
#: without false lessons it is .06.
OVERRULING = 5
#: Log-odds beyond which the filters are sure of spam.
SURE = 4.0


def quotas(comment: Comment) -> tuple[Quota, ...]:
    """Of the lesson that the comment teaches; none where it teaches nothing."""
    return tuple(_quotas(comment))


def _quotas(comment: Comment) -> Iterator[Quota]:
    taught, verdict, label = comment.lesson_decision, comment.filter_decision, comment.lesson
    if taught is None or label is None:
        return
    yield Quota(f"{label} {campaign(comment.content)}", OF_CAMPAIGN)
    if verdict and _overruled(verdict, label):
        yield Quota(f"{taught.by} {taught.at:%Y-%m-%d}", OVERRULING)


def _overruled(verdict: Decision, label: Label) -> bool:
    """Whether nobody asked: where filters or readers do, every answer must teach, or a flood is learned late."""
    if label is Label.HAM:
        return verdict.log_odds > SURE
    return verdict.log_odds < 0 and verdict.score < verdict.hold_at and verdict.by != DECIDED_BY_READERS


@lru_cache(maxsize=256)
def campaign(content: str) -> str:
    """A name that texts of nearly the same words share, mostly: that pair of their words which hashes least.

    Two texts share it as often as they share pairs of words: so one word in twenty may be another nine times in ten.
    """
    text = fold(content).text
    said = [word for word in words(without_addresses(text)) if not any(map(str.isdigit, word))]
    if len(said) < FEW_WORDS:
        return " ".join(sorted(said)) or text.strip()
    return min((f"{a} {b}" for a, b in pairwise(said)), key=lambda pair: zlib.crc32(pair.encode("utf-8", "replace")))

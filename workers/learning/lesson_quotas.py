"""Limits on lessons: of one campaign, and of one moderator against the filters."""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from comments.index_terms import WAVE_OF_NAME
from comments.lifecycle import Label
from comments.model import Comment, Decision
from comments.report_rules import DECIDED_BY_READERS
from comments.storage.corpus_lessons import Quota
from workers.text.normalization import fold
from workers.text.tokens import without_addresses, words

from .brand_names import brand_names

#: Near-duplicates of a campaign that count. With 3, 5 or all of them, .83 to .84 of the spam of a flood is finally
#: refused.
MAX_OF_CAMPAIGN = 5
#: Shorter texts belong to one campaign only if they have the same words.
FEW_WORDS = 8
#: Lessons that count against a clear decision of the filters, for one moderator in one day. Measured with 500 ordinary
#: comments marked as spam and 80 correct lessons of others: the site holds .65 of ordinary comments, with this limit
#: .09, and without false lessons .06.
MAX_OVERRULING = 5
#: Log-odds above which the filters are certain of spam.
CERTAIN_SPAM = 4.0


def lesson_quotas(comment: Comment) -> tuple[Quota, ...]:
    """Return the quotas of the comment's lesson; empty if it is no lesson."""
    if not comment.has_text:
        kept = (quota.split(" ") for quota in comment.kept_quotas)
        return tuple(Quota("", int(most), short) for short, most in kept)
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

    Comments that filters or readers sent to a moderator always count. Otherwise a flood would be learned late.
    """
    if label is Label.HAM:
        return verdict.log_odds > CERTAIN_SPAM
    return verdict.log_odds < 0 and verdict.score < verdict.hold_at and verdict.by != DECIDED_BY_READERS


def wave_name(content: str) -> str:
    """Return a short name for the wave of a text, which near-duplicates mostly share.

    Spam that writes a new sentence around the same name each time is the wave of that name. A text that mentions a
    person ("@anna99") is no advert for that name.
    """
    names = () if "@" in content else brand_names(content)
    wave = names[0] if names else campaign(content)
    short = f"{zlib.crc32(wave.encode('utf-8', 'replace')):08x}"
    return WAVE_OF_NAME + short if names else short


@lru_cache(maxsize=256)
def campaign(content: str) -> str:
    """Return the name of a campaign: the pair of words with the least hash, which near-duplicates mostly share.

    Method: min-wise hashing (Broder 1997). The probability that two texts share it is the share of their common pairs:
    nine in ten if one word in twenty differs.
    """
    text = fold(content).text
    found = words(without_addresses(text))
    is_plain = "".join(found).isalpha()
    kept = found if is_plain else [w for w in found if w.isalpha() or not any(map(str.isdigit, w))]
    if len(kept) < FEW_WORDS:
        return " ".join(sorted(kept)) or text.strip()
    encoded = " ".join(kept).encode("utf-8", "replace").split(b" ")
    hashes = list(map(zlib.crc32, map(b" ".join, pairwise(encoded))))
    first = hashes.index(min(hashes))
    return " ".join(kept[first : first + 2])

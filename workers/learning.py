"""What a comment teaches, and how likely spam a comment is after what was taught.

Method: SpamBayes, that is Robinson's token probabilities combined by Fisher's chi-squared (Robinson 2003, Peters 2002).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from comments.model import Comment
from comments.storage import TokenCounts

from .links import links
from .text import fold, words

#: Distinct tokens of one comment at most: every lesson is kept, and every judgement asks for all of them.
MAX_TOKENS = 200
MAX_WORDS, MAX_LINKS, MAX_NAMES = 160, 12, 6
#: Longer words are clipped: they are addresses, keys or noise.
TOKEN_LENGTH = 32

#: SpamBayes' constants: belief in x before anything is known, and how far from 0.5 a token must be to be heard.
UNKNOWN_STRENGTH, UNKNOWN, UNHEARD = 0.45, 0.5, 0.1
MAX_CLUES, TOLD = 150, 12

#: Lessons of each label after which the corpus is trusted in full; 30 together is where a cold site stops being cold.
LESSONS = 15
#: Share of its weight that the first lesson has, and the one that the last before full trust has: with the weights in
#: `filters/bayes.py` the first can be seen, and none before full trust makes a comment spam.
FIRST_TRUST, LAST_TRUST = 0.1, 0.4


@dataclass(frozen=True, slots=True)
class Clue:
    """One token of a comment, with P(spam | token) and the comments it was in."""

    token: str
    probability: float
    ham: int
    spam: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """P(spam) between 0 and 1, 0.5 when nothing is known, and the strongest clues, in order."""

    probability: float
    clues: tuple[Clue, ...] = ()


@lru_cache(maxsize=256)
def tokens(comment: Comment) -> frozenset[str]:
    """At most MAX_TOKENS readable tokens: what was written tagged with where. No e-mail, no origin."""
    return frozenset(islice(dict.fromkeys(token[:TOKEN_LENGTH] for token in _tokens(comment)), MAX_TOKENS))


def _tokens(comment: Comment) -> Iterator[str]:
    content = fold(comment.content)
    yield from (f"author:{word}" for word in islice(words(fold(comment.author).text), MAX_NAMES))
    yield from (f"url:{link.host}" for link in links(comment.url))
    yield from (f"looks:{disguise}" for disguise in content.disguises)
    found = links(comment.content)
    yield f"looks:{min(len(found), 3)} links"
    yield from (f"link:{link.host}" for link in found[:MAX_LINKS])
    yield from islice(dict.fromkeys(words(content.text)), MAX_WORDS)


def spamminess(ham: int, spam: int, seen: TokenCounts) -> float:
    """P(spam | token), pulled towards 0.5 while the token is rare; between 0 and 1, never either."""
    n = ham + spam
    if not n:
        return UNKNOWN
    of_ham, of_spam = ham * (seen.spam or 1), spam * (seen.ham or 1)
    return (UNKNOWN_STRENGTH * UNKNOWN + n * of_spam / (of_ham + of_spam)) / (UNKNOWN_STRENGTH + n)


def _heard(asked: Iterable[str], seen: TokenCounts) -> list[tuple[float, str, float]]:
    """Of each token that says something: how far from 0.5 it is, itself, P(spam | token). The strongest first."""
    known = seen.tokens
    probable = [(spamminess(*known[token], seen), token) for token in asked if token in known]
    return sorted([(abs(p - 0.5), token, p) for p, token in probable if abs(p - 0.5) >= UNHEARD], reverse=True)


def chi_squared(x: float, degrees: int) -> float:
    """P(a chi-squared variable with an even number of degrees exceeds x)."""
    half = x / 2
    term = total = math.exp(-half)
    for n in range(1, degrees // 2):
        term *= half / n
        total += term
    return min(total, 1.0)


def estimate(asked: Iterable[str], seen: TokenCounts) -> Estimate:
    """How likely the comment with these tokens is spam, going by the lessons counted in `seen`."""
    heard = _heard(asked, seen)[:MAX_CLUES]
    if not heard:
        return Estimate(0.5)
    spam = 1 - chi_squared(-2 * sum([math.log(1 - p) for _, _, p in heard]), 2 * len(heard))
    ham = 1 - chi_squared(-2 * sum([math.log(p) for _, _, p in heard]), 2 * len(heard))
    clues = tuple(Clue(token, p, *seen.tokens[token]) for _, token, p in heard[:TOLD])
    return Estimate((spam - ham + 1) / 2, clues)


def trust(seen: TokenCounts) -> float:
    """Share of its weight that the corpus has: little after one lesson, all of it after LESSONS of either label."""
    lessons = min(seen.ham, LESSONS) + min(seen.spam, LESSONS)
    if lessons >= 2 * LESSONS:
        return 1.0
    return FIRST_TRUST + (LAST_TRUST - FIRST_TRUST) * lessons / (2 * LESSONS) if lessons else 0.0

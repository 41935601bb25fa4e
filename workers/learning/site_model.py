"""What a comment teaches, and what the lessons of a site say of another one.

Whole numbers are kept, so that a lesson can be taken back exactly. `learned` puts the shipped prior beside it.
"""

import math
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from operator import itemgetter

from comments.hosts import domains_of
from comments.model import Comment
from comments.storage.values import TokenCounts
from workers.text.links import links
from workers.text.normalization import fold
from workers.text.tokens import words

from .features import features

#: Distinct tokens of one comment at most: every lesson is kept, and every judgement asks for all of them.
MAX_TOKENS = 400
MAX_WORDS, MAX_LINKS, MAX_NAMES = 160, 12, 6
#: Begins the name of how a text is written, which is hashed: such tokens are many, long, and no reason to be told.
STYLE = "~"
#: Begins the name of a domain that is linked to.
LINKED = "link:"
#: Begins what can be seen of a text and stands nowhere in it.
LOOKS = "looks:"
#: Longer words are clipped: they are addresses, keys or noise.
TOKEN_LENGTH = 32

#: Comments as frequent as all lessons together that a token's frequency in either label is mixed with. With half of one
#: 75 instead of 79 % of a newspaper's spam was refused.
SMOOTHING = 0.15
#: Of a token that was in no lesson, the part that counts where the others' mean is made: what is new is no sure case.
UNHEARD = 0.5
#: Log-odds from which on a token is told, and how many are.
HEARD, TOLD = 0.5, 4

#: Lessons of each label after which spam may be refused; 30 together is where a cold site stops being cold.
LESSONS = 15


@dataclass(frozen=True, slots=True)
class Clue:
    """One token of a comment, the log-odds that it speaks for spam, and the comments it was in."""

    token: str
    log_odds: float
    ham: int
    spam: int


@lru_cache(maxsize=256)
def tokens(comment: Comment) -> frozenset[str]:
    """At most MAX_TOKENS of them: what was written, tagged with where, and how. No e-mail, no origin.

    Words alone err in .066, .048 and .037 of the comments still to come after 50, 200 and 500 lessons; with pairs of
    words, what stands out, and style in .059, .044 and .026.
    """
    every = _tokens(comment)
    if max(map(len, every), default=0) > TOKEN_LENGTH:
        every = [token[:TOKEN_LENGTH] for token in every]
    found = frozenset(every)
    return found if len(found) <= MAX_TOKENS else frozenset(list(dict.fromkeys(every))[:MAX_TOKENS])


def _tokens(comment: Comment) -> list[str]:
    found = features(comment)
    return [
        *[f"author:{word}" for word in words(fold(comment.author).text)[:MAX_NAMES]],
        *[f"url:{link.host}" for link in links(comment.url)],
        *[LINKED + domain for host in linked(comment) for domain in domains_of(host)],
        *[LOOKS + flag for flag in found.flags],
        *map(_style, found.style),
        *islice(dict.fromkeys(words(fold(comment.content).text)), MAX_WORDS),
        *map(" ".join, pairwise(found.said[: MAX_WORDS + 1])),
    ]


def linked(comment: Comment) -> tuple[str, ...]:
    """Hosts that the content links to."""
    hosts = dict.fromkeys(link.host.removeprefix("www.") for link in links(comment.content))
    return tuple(islice(hosts, MAX_LINKS))


@lru_cache(maxsize=1024)
def _style(name: str) -> str:
    return f"{STYLE}{zlib.crc32(name.encode()):x}"


def token_log_odds(ham: int, spam: int, seen: TokenCounts) -> float:
    """How much more frequent a token is in spam; 0 for one that is equally so, and while only one label was taught.

    Both frequencies are mixed with that in all lessons, so that ten times as many lessons of one label weigh nothing.
    """
    return _odds_after(seen.ham, seen.spam)[ham, spam]


def _log_odds(ham: int, spam: int, all_ham: int, all_spam: int) -> float:
    if not (ham + spam and all_ham + all_spam):
        return 0.0
    among = SMOOTHING * (ham + spam) / (all_ham + all_spam)
    return math.log((spam + among) / (all_spam + SMOOTHING) / ((ham + among) / (all_ham + SMOOTHING)))


class _Odds(dict[tuple[int, int], float]):
    """The log-odds of tokens by their counts, after so many lessons: most tokens have the same few counts."""

    def __init__(self, all_ham: int, all_spam: int) -> None:
        super().__init__()
        self._all = all_ham, all_spam

    def __missing__(self, counts: tuple[int, int]) -> float:
        self[counts] = found = _log_odds(*counts, *self._all)
        return found


_odds_after = lru_cache(maxsize=16)(_Odds)


def odds(asked: Iterable[str], seen: TokenCounts) -> dict[str, float]:
    """The log-odds of each of those tokens that were seen in lessons."""
    known, found = seen.tokens, _odds_after(seen.ham, seen.spam)
    return {token: found[known[token]] for token in asked if token in known}


def taught(of: Mapping[str, float], asked: int) -> float:
    """Mean of the log-odds of those tokens that were in lessons, of all that were asked for; 0 where none was."""
    return sum(of.values()) / (len(of) + UNHEARD * (asked - len(of))) if of else 0.0


def clues(of: Mapping[str, float], seen: TokenCounts, spam: bool) -> list[Clue]:
    """The tokens that say most for spam, or against it, in order; how a text is written is none that could be told."""
    heard: list[tuple[str, float]] = []
    side = 1 if spam else -1
    for token, x in sorted(of.items(), key=itemgetter(1), reverse=spam):
        if side * x < HEARD or (len(heard) >= TOLD and x != heard[-1][1]):
            break  # those that say as much as the last are looked at, too
        if token[0] != STYLE:
            heard.append((token, x))
    ranked = sorted([(-side * x, -sum(seen.tokens[token]), token) for token, x in heard])
    return [Clue(token, of[token], *seen.tokens[token]) for _, _, token in ranked[:TOLD]]


def rarer(seen: TokenCounts) -> int:
    """Lessons of that label of which there are fewer: so much is known of both."""
    return min(seen.ham, seen.spam)


def is_trusted(seen: TokenCounts) -> bool:
    """Whether the site taught enough for spam to be refused without a person: as much of either label."""
    return rarer(seen) >= LESSONS

"""A site's own model: the tokens of a comment, and the site's lessons about them.

The lessons are whole numbers per token and label, so that each can be undone exactly. `combined_model` adds the shipped
model.
"""

import math
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise

from comments.hosts import domains_of
from comments.model import Comment
from comments.stop_words import carries_information
from comments.storage.values import TokenCounts
from workers.text.links import links
from workers.text.normalization import fold
from workers.text.tokens import words

from .features import features

#: Limits on the distinct tokens of one comment, because each lesson stores and each judgement looks up all of them.
MAX_TOKENS = 400
_MAX_WORDS, _MAX_LINKS, _MAX_NAMES = 160, 12, 6
#: Prefix of style tokens. They are hashed, because there are many long ones, and are never listed as a reason.
STYLE = "~"
#: Prefix of the domains that a comment links to.
DOMAIN_TOKEN = "link:"  # noqa: S105 -- no secret
#: Prefix of a text's traits.
TRAIT = "looks:"
#: Longer words are addresses, keys or noise, and are cut.
TOKEN_LENGTH = 32

#: Number of comments with the token's overall frequency that are mixed into each label. With .5 instead, 75 % of a
#: newspaper's spam was refused instead of 79 %.
SMOOTHING = 0.15
#: Lessons with a token at which its log-odds count half: n lessons give n / (n + HALF_SURE) of them. A word of a topic
#: that is in one lesson says little. On streams with lessons, R@1 % rises from .874 to .881 (`training.combine`), and
#: less of floods is held.
HALF_SURE = 1.0
#: Weight of a token without lessons in the mean, because a text of new words is less certain.
UNKNOWN_WEIGHT = 0.5
#: Least log-odds of a token that is listed as a reason.
LEAST_LOG_ODDS = 0.5
#: Lessons with a token that is listed. One comment says little about a word.
LEAST_LESSONS = 2

#: Lessons of each label before spam is refused automatically. 30 together end a site's cold start.
LESSONS_NEEDED = 15


@dataclass(frozen=True, slots=True)
class Clue:
    """A token of a comment, the log-odds that it means spam, and the number of lessons that contain it."""

    token: str
    log_odds: float
    ham: int
    spam: int


@lru_cache(maxsize=256)
def tokens(comment: Comment) -> frozenset[str]:
    """Return at most MAX_TOKENS tokens: words tagged with their field, pairs of words, traits and style.

    The email and the origin are not among them. Share of the following comments that are misjudged after 50, 200 and
    500 lessons: .066, .048 and .037 with words alone, .059, .044 and .026 with all kinds of tokens.
    """
    every = _tokens(comment)
    if max(map(len, every), default=0) > TOKEN_LENGTH:
        every = [token[:TOKEN_LENGTH] for token in every]
    distinct = frozenset(every)
    return distinct if len(distinct) <= MAX_TOKENS else frozenset(list(dict.fromkeys(every))[:MAX_TOKENS])


def _tokens(comment: Comment) -> list[str]:
    found = features(comment)
    return [
        *[f"author:{word}" for word in words(fold(comment.author).text)[:_MAX_NAMES]],
        *[f"url:{link.host}" for link in links(comment.url)],
        *[DOMAIN_TOKEN + domain for host in linked_hosts(comment) for domain in domains_of(host)],
        *[TRAIT + trait for trait in found.traits],
        *map(_style_token, found.style),
        *islice(dict.fromkeys(words(fold(comment.content).text)), _MAX_WORDS),
        *map(" ".join, pairwise(found.words[: _MAX_WORDS + 1])),
    ]


def linked_hosts(comment: Comment) -> tuple[str, ...]:
    """Return the hosts that the content links to, without "www."."""
    hosts = dict.fromkeys(link.host.removeprefix("www.") for link in links(comment.content))
    return tuple(islice(hosts, _MAX_LINKS))


@lru_cache(maxsize=1024)
def _style_token(name: str) -> str:
    return f"{STYLE}{zlib.crc32(name.encode()):x}"


def token_log_odds(ham: int, spam: int, lessons: TokenCounts) -> float:
    """Return the log of the ratio of a token's frequency in spam and in ham; 0 while only one label has lessons.

    Both frequencies are mixed with the overall frequency, so the numbers of lessons of both labels may differ. Few
    lessons with the token take the log-odds towards 0.
    """
    return _log_odds_table(lessons.ham, lessons.spam)[ham, spam]


def _log_odds(ham: int, spam: int, all_ham: int, all_spam: int) -> float:
    if not (ham + spam and all_ham + all_spam):
        return 0.0
    n = ham + spam
    overall = SMOOTHING * n / (all_ham + all_spam)
    log_odds = math.log((spam + overall) / (all_spam + SMOOTHING) / ((ham + overall) / (all_ham + SMOOTHING)))
    return log_odds * n / (n + HALF_SURE)


class _LogOddsTable(dict[tuple[int, int], float]):
    """Log-odds by a token's counts, for one number of lessons. Most tokens have the same few counts."""

    def __init__(self, all_ham: int, all_spam: int) -> None:
        super().__init__()
        self._all = all_ham, all_spam

    def __missing__(self, counts: tuple[int, int]) -> float:
        self[counts] = found = _log_odds(*counts, *self._all)
        return found


_log_odds_table = lru_cache(maxsize=16)(_LogOddsTable)


def token_log_odds_of(of_comment: Iterable[str], lessons: TokenCounts) -> dict[str, float]:
    """Return the log-odds of each token that has lessons."""
    counts, table = lessons.tokens, _log_odds_table(lessons.ham, lessons.spam)
    return {token: table[counts[token]] for token in of_comment if token in counts}


def mean_log_odds(token_odds: Mapping[str, float], n: int) -> float:
    """Return the mean over the tokens with lessons, of a comment with `n` tokens; 0 if there are none."""
    return sum(token_odds.values()) / (len(token_odds) + UNKNOWN_WEIGHT * (n - len(token_odds))) if token_odds else 0.0


def strongest_tokens(token_odds: Mapping[str, float], lessons: TokenCounts, spam: bool) -> Iterator[Clue]:
    """Yield the strongest tokens for spam, or for ham, in order.

    Omits style tokens, which have no readable name, stop words, and tokens that are in one lesson only.
    """
    side, counts = (1 if spam else -1), lessons.tokens
    strong = [(-side * x, -sum(counts[token]), token) for token, x in token_odds.items() if side * x >= LEAST_LOG_ODDS]
    strong.sort()
    for _, n, token in strong:
        if -n >= LEAST_LESSONS and token[0] != STYLE and (":" in token or carries_information(token)):
            yield Clue(token, token_odds[token], *counts[token])


def rarer_lessons(lessons: TokenCounts) -> int:
    """Return the number of lessons of the label that has fewer."""
    return min(lessons.ham, lessons.spam)


def has_enough_lessons(lessons: TokenCounts) -> bool:
    """Decide if the site has enough lessons of both labels to refuse spam without a moderator."""
    return rarer_lessons(lessons) >= LESSONS_NEEDED

"""Words of trades that advertise in names and hosts, and endings of hosts that cost next to nothing.

They are signs and no proof: a plumber may read a blog.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from comments.hosts import domains_of

from .normalization import fold
from .tokens import words

#: Words with this many letters are found inside a longer label of a host: "bestcasinobonus".
LONG_ENOUGH = 5
#: Words that nearly always advertise together, also without a strong one among them.
_MANY = 3
#: Hardly any name of a person has as many words and two of trades.
_LONG_NAME = 4
#: Words of a name of a person that may be words of trades.
_MOST_OF_PERSON = 3
#: Letters of a part of a name that is looked for in a host.
_LEAST_OF_NAME = 3
#: Words of what people search for.
_SEARCHED = frozenset(("in", "near", "for", "how", "where", "en", "à"))
_PARTS = re.compile(r"[a-z]+")


class TradeWords(NamedTuple):
    """Words of trades in a name or a host. They are `signs` if a strong one or several are among them.

    They are `certain` if hardly any honest name or host has them.
    """

    words: tuple[str, ...] = ()
    signs: bool = False
    certain: bool = False


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    listed: dict[str, set[str]] = {}
    for line in files(__package__).joinpath("trade_words.txt").read_text(encoding="utf-8").split("\n"):
        kind, _, found = line.partition(": ") if not line.startswith("#") else ("", "", "")
        listed.setdefault(kind, set()).update(found.split())
    return {kind: frozenset(found) for kind, found in listed.items()}


@cache
def _every() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return all words of trades, and the expression for those inside a label."""
    every = _kinds()["strong"] | _kinds()["weak"]
    long = sorted((word for word in every if len(word) >= LONG_ENOUGH), key=len, reverse=True)
    return every, re.compile("|".join(long))


@lru_cache(maxsize=512)
def trade_words_of_host(host: str) -> TradeWords:
    """Return the trade words in the part of a host that its owner chose."""
    every, inside = _every()
    found = []
    for part in _PARTS.findall(_chosen(host)):
        found += [part] if part in every else inside.findall(part)
    return _judged(found)


@lru_cache(maxsize=512)
def trade_words_of_name(author: str) -> TradeWords:
    """Return the trade words of a name. Two of them are signs, or a strong one with five letters."""
    parts = words(fold(author).text)
    if _is_person(parts):
        return TradeWords()
    found = _judged([word for word in parts if word in _every()[0]])
    several = len(found.words) > 1
    signs = found.signs and (several or any(len(word) >= LONG_ENOUGH for word in found.words))
    return TradeWords(found.words, signs, found.certain or (several and len(parts) >= _LONG_NAME))


def _is_person(parts: Sequence[str]) -> bool:
    """Decide if all trade words of a name are names of people, such as "Sydney Price"."""
    first, last = _kinds()["first"], _kinds()["last"]
    return 1 < len(parts) <= _MOST_OF_PERSON and all(
        word not in _every()[0] or (n == 0 and word in first) or (n == len(parts) - 1 and word in last)
        for n, word in enumerate(parts)
    )


def _judged(found: Iterable[str]) -> TradeWords:
    distinct = tuple(dict.fromkeys(found))
    has_strong, several = not _kinds()["strong"].isdisjoint(distinct), len(distinct) > 1
    return TradeWords(distinct, several or has_strong, len(distinct) >= _MANY or (has_strong and several))


def _chosen(host: str) -> str:
    """Return the part of a host that its owner chose."""
    host = host.removeprefix("www.")
    owned = domains_of(host)[-1]
    return host[: len(host) - len(owned)] + owned.partition(".")[0]


def shares_name(author: str, host: str, most_others: int = 100) -> bool:
    """Decide if a host has a part of the author's name, and at most so many letters besides."""
    chosen = "".join(_PARTS.findall(_chosen(fold(host).text)))
    left = chosen
    for part in words(fold(author).text):
        left = left.replace(part, "", 1) if len(part) >= _LEAST_OF_NAME else left
    return left != chosen and len(left) <= most_others


def is_own_website(author: str, host: str) -> bool:
    """Decide if a host has a part of the author's name that is no word of a trade: "Kowalski" of "Kowalski Roofing".

    What people search for ("plumber in Austin") is no name.
    """
    parts = words(fold(author).text)
    return _SEARCHED.isdisjoint(parts) and shares_name(" ".join(w for w in parts if w not in _every()[0]), host)


def has_cheap_ending(host: str) -> bool:
    return host.rpartition(".")[2] in _kinds()["ending"]

"""Find offers to readers: something that adverts offer, near calls, promises, stories of success, and ways to write.

Honest comments discuss loans and lost coins with the same words. They seldom have many of these signs close together,
and they warn or ask, which counts against an offer.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import compress, count, product
from typing import NamedTuple

from .normalization import fold
from .phone_numbers import has_full_phone_number
from .tokens import without_addresses, words
from .vocabulary import common_words, ranks

#: Beginning of the kinds of terms that name an offer, and the kind of those that a text has most of.
_TO, OFFER = "to ", "offer"
#: Kind of the terms that are no sign.
_ORDINARY = "ordinary"
#: Kind of the terms that count against an offer.
_DOUBT = "doubt"
#: Most terms of a kind that count. A doubt takes its count away.
_MOST: Mapping[str, int] = {"call": 2, "promise": 3, "story": 2, _DOUBT: -3}
_MOST_OF_OFFER = 4
#: Words in which the signs must stand. Long honest comments have as many signs, far from each other.
NEAR_WORDS = 30
#: Words before them in which a doubt counts: "nobody can recover ...".
_DOUBT_WORDS = 12
_MAX_WORDS = 400
#: Ends of "don't" and the like.
_CONTRACTED = frozenset(("s", "t", "d", "m", "e", "l"))
#: Signs for the first way to reach the author, and for all others together.
_FIRST_CONTACT, _MORE_CONTACTS = 2, 1

_PROVIDER = r"(?:gmail|yahoo|outlook|hotmail|proton|protonmail)\b"
_EMAIL = re.compile(
    rf"(?:@|\(at\)|\[at\])\s?(?:[\w-]{{2,40}}(?:\.[a-z]{{2}}|\s?(?:\(dot\)|\[dot\]|dot\s|\.\s?com\b))|{_PROVIDER})"
    rf"|\sat\s(?:{_PROVIDER}|[\w-]{{2,40}}\sdot\s)"
)
_MESSENGER = re.compile(
    r"whats?\s?app|telegram|wechat|(?<![a-z])(?:viber|zalo|line id)(?![a-z])"
    r"|t\.me/|微信|ватсап|вотсап|телеграм|واتس|\b(?:qq ?\d|wa [0+]"
    r"|(?:ig|insta|instagram|tg|snapchat|discord)[ :]{1,3}@\w)"
)
#: Some words in quotation marks, as of somebody who quotes an advert. One sign less, as for a question.
_QUOTATION = re.compile(r"[\"“„«][^\"“”„«»\n]{12,200}[\"”“»]|^\s*>", re.MULTILINE)

#: Terms near each other, by kind.
TermsByKind = Mapping[str, Sequence[str]]
#: Terms by one of their words: the place of the word in the term, the term, and its kind.
TermsByWord = Mapping[str, Sequence[tuple[int, tuple[str, ...], str]]]


class Hit(NamedTuple):
    """A term of the list in a text, and the number of words before it."""

    at: int
    kind: str
    term: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer, its terms by kind, the number of ways to reach its author, and the sum of its signs."""

    what: str
    terms: Mapping[str, tuple[str, ...]]
    contacts: int
    signs: int


@cache
def _listed() -> Mapping[str, frozenset[tuple[str, ...]]]:
    """Return the terms of each kind, as words of folded texts."""
    listed: dict[str, set[tuple[str, ...]]] = {}
    for line in files(__package__).joinpath("reader_offers.txt").read_text(encoding="utf-8").split("\n"):
        kind, _, patterns = line.partition(": ") if not line.startswith("#") else ("", "", "")
        for pattern in filter(None, patterns.split(", ")):
            choices = product(*(part.split("|") for part in pattern.split()))
            listed.setdefault(kind, set()).update(words(fold(" ".join(choice)).text) for choice in choices)
    ordinary = listed.pop(_ORDINARY)
    return {
        kind: frozenset(t for t in terms - ordinary if not (kind.startswith(_TO) and common_words().issuperset(t)))
        for kind, terms in listed.items()
    }


@cache
def _terms() -> tuple[TermsByWord, TermsByWord]:
    """Return the terms of offers, and the others, by one of their words, each with the place of this word.

    The word is the rarest one in English, so that few texts have it.
    """
    of_offers: dict[str, list[tuple[int, tuple[str, ...], str]]] = {}
    others: dict[str, list[tuple[int, tuple[str, ...], str]]] = {}
    for kind, terms in _listed().items():
        by_word = of_offers if kind.startswith(_TO) else others
        for term in sorted(terms):
            rarity = [_rarity(word) for word in term]
            at = rarity.index(max(rarity))
            by_word.setdefault(term[at], []).append((at, term, kind))
    return of_offers, others


def _rarity(word: str) -> int:
    """Return the place in the list of English, the last for other words, and the first for the end of a contraction."""
    return -1 if word in _CONTRACTED else ranks().get(word, len(ranks()))


def _hits(found: Sequence[str], by_word: TermsByWord) -> list[Hit]:
    hits = []
    for n in compress(count(), map(by_word.__contains__, found)):
        for at, term, kind in by_word[found[n]]:
            if n >= at and found[n - at : n - at + len(term)] == term:
                hits.append(Hit(n - at, kind, " ".join(term)))
    return hits


def offer(text: str) -> Offer | None:
    """Return the offer with the most signs in a text; None without one."""
    folded = fold(text)
    found = words(without_addresses(folded.text))[:_MAX_WORDS]
    of_offers, others = _terms()
    if of_offers.keys().isdisjoint(found) or not (hits := _hits(found, of_offers)):
        return None
    signs, terms, what = _densest(sorted(hits + _hits(found, others)))
    contacts = ways_to_write(folded.text)
    signs += (contacts > 0) * _FIRST_CONTACT + (contacts > 1) * _MORE_CONTACTS
    signs -= ("?" in text) + bool(_QUOTATION.search(text))
    of_kinds = {OFFER if kind == what else kind: tuple(some) for kind, some in terms.items()}
    return Offer(what.removeprefix(_TO), of_kinds, contacts, signs)


def _densest(hits: Sequence[Hit]) -> tuple[int, TermsByKind, str]:
    """Return the signs, the terms and the kind of offer of the NEAR_WORDS words with the most signs."""
    places = [hit.at for hit in hits]
    ends = [bisect_left(places, at + NEAR_WORDS) for at in places]
    best: tuple[int, TermsByKind, str] = (-len(hits), {}, "")
    # A hit is one sign at most, so that places with fewer hits than the best has signs are not looked at.
    for first in sorted(range(len(hits)), key=lambda n: n - ends[n]):
        if ends[first] - first <= best[0]:
            break
        before = hits[bisect_left(places, hits[first].at - _DOUBT_WORDS, hi=first) : first]
        terms = _by_kind([*(hit for hit in before if hit.kind == _DOUBT), *hits[first : ends[first]]])
        if (what := _what(terms)) and (signs := _signs(terms, what)) > best[0]:
            best = signs, terms, what
    return best


def _by_kind(hits: Iterable[Hit]) -> TermsByKind:
    """Return the terms by kind, each once."""
    terms: dict[str, dict[str, None]] = {}
    for hit in hits:
        terms.setdefault(hit.kind, {})[f" {hit.term} "] = None
    return {kind: _without_parts(some) for kind, some in terms.items()}


def _without_parts(terms: Iterable[str]) -> list[str]:
    """Return the terms without those that are a part of a longer one: "car loan" is one sign."""
    return [term.strip() for term in terms if not any(term in other for other in terms if other != term)]


def _what(terms: TermsByKind) -> str:
    """Return the kind of offer with the most terms; "" without one."""
    return max((kind for kind in terms if kind.startswith(_TO)), key=lambda kind: len(terms[kind]), default="")


def _signs(terms: TermsByKind, what: str) -> int:
    signs = min(len(terms[what]), _MOST_OF_OFFER)
    for kind, most in _MOST.items():
        others = set(terms.get(kind, ())).difference(terms[what])
        signs += min(len(others), abs(most)) * (1 if most > 0 else -1)
    return signs


def ways_to_write(folded: str) -> int:
    """Return the number of ways to reach the author: by phone, e-mail and messenger. Spelled-out addresses count."""
    return has_full_phone_number(folded) + bool(_EMAIL.search(folded)) + bool(_MESSENGER.search(folded))

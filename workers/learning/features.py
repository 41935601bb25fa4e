"""A comment as hashed features in families, which the shipped prior weighs and sites can count."""

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from operator import xor

from comments.model import Comment
from workers.text.links import Link, links
from workers.text.memo import Memory
from workers.text.normalization import fold
from workers.text.style_measures import measures
from workers.text.tokens import without_addresses, words
from workers.text.traits import flags


class Family(IntEnum):
    """What a feature is about. Each family has its own buckets, so that rare words never speak for flags."""

    WORDS = 0
    PAIRS = 1
    GRAMS = 2
    FLAGS = 3
    STYLE = 4
    NAME = 5
    ADDRESS = 6


#: Buckets of each family: 88 Ki in all, a byte each in the package.
BUCKETS = (1 << 15, 1 << 14, 1 << 15, 1 << 12, 1 << 10, 1 << 11, 1 << 11)
START = tuple(sum(BUCKETS[:n]) for n in range(len(BUCKETS)))
SIZE = sum(BUCKETS)

#: How loudly each family speaks before it is weighed: the softer, the more training holds it back. Style and names
#: differ from site to site, flags do not: on sources never seen, mean AUC went from .943 to .949.
LOUDNESS = (1.0, 1.0, 1.0, 1.4, 0.6, 0.8, 1.0)

#: A comment is judged by its first words; the rest of a long one repeats or pads.
MAX_WORDS = 400
#: Longer words are addresses, keys or noise, and are clipped.
MAX_LETTERS = 24
GRAM = 4

DIGIT = re.compile(r"\d")
BETWEEN_PARTS = re.compile(r"[-_\d]+")
RUN = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class Features:
    """The words in the order in which they were said, and the features of other families by name."""

    said: tuple[str, ...]
    flags: tuple[str, ...]
    style: tuple[str, ...]
    name: tuple[str, ...]
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word's bucket, those of its grams, and what it is in a pair as the first and as the second."""

    bucket: int
    grams: tuple[int, ...]
    first: int
    second: int


def _crc(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


@lru_cache(maxsize=1 << 14)
def word(text: str) -> Word:
    """Where a word and its runs of four characters, its ends marked, are found."""
    marked = f" {text} "
    grams = {marked[n : n + GRAM] for n in range(max(1, len(marked) - GRAM + 1))}
    places = sorted(START[Family.GRAMS] + _crc(gram) % BUCKETS[Family.GRAMS] for gram in grams)
    hashed = _crc(text)
    # The family begins at a multiple of its size, a power of two; so the place of a pair lies in it, too.
    first = START[Family.PAIRS] + (hashed * 0x9E3779B1 >> 16) % BUCKETS[Family.PAIRS]
    second = (hashed >> 16) % BUCKETS[Family.PAIRS]
    return Word(START[Family.WORDS] + hashed % BUCKETS[Family.WORDS], tuple(places), first, second)


def pair_buckets(firsts: Sequence[int], seconds: Sequence[int]) -> list[int]:
    """Where neighbouring words are found, by what the words are in a pair, in the order in which they were said."""
    return list(map(xor, firsts, seconds[1:]))


@lru_cache(maxsize=1 << 12)
def bucket(family: Family, name: str) -> int:
    """Where a feature that is neither word, pair nor gram is found; hosts never where other flags are.

    Hosts are many and anybody's to choose: what a good one is worth must not reach what a disguise is worth.
    """
    start, size = START[family], BUCKETS[family]
    if family is Family.FLAGS:
        others = size // 4
        start, size = (start + others, size - others) if "." in name else (start, others)
    return start + _crc(name) % size


def _as_counted(token: str) -> str:
    """A word as it is counted: digits alike, drawn-out letters short, not longer than any word is."""
    token = token[:MAX_LETTERS]
    if not token.isalpha():
        token = DIGIT.sub("0", token)
    return RUN.sub(r"\1\1", token)


_counted = Memory(_as_counted)


@lru_cache(maxsize=128)
def features(comment: Comment) -> Features:
    """What the prior weighs. Nothing of the e-mail, the origin or the browser."""
    content = comment.content
    folded, found = fold(content), _links(content)
    every = words(without_addresses(folded.text) if found else folded.text)[:MAX_WORDS]
    said = tuple(map(_counted.__getitem__, every))
    distinct = frozenset(said)
    return Features(
        said,
        tuple(dict.fromkeys(flags(content, folded, found, distinct))),
        measures(folded.plain, every, said, found),
        _name(comment.author),
        _address(_links(comment.url), comment.author),
    )


def _links(text: str) -> tuple[Link, ...]:
    """The links that the shipped weights were trained to see."""
    return tuple([link for link in links(text) if link.in_training])


@lru_cache(maxsize=256)
def _name(author: str) -> tuple[str, ...]:
    """Words of an author's name and its make. Nothing for no name: many sites do not ask."""
    folded = fold(author)
    tokens = [_as_counted(token) for token in words(folded.text)[:8]]
    if not tokens:
        return ()
    return tuple(dict.fromkeys((*tokens, *folded.disguises, *_make(author, tokens))))


def _make(author: str, tokens: Sequence[str]) -> Iterator[str]:
    yield f"{min(len(tokens), 4)} words"
    if author.islower():
        yield "all small letters"
    if author.isupper() and len(author) > 3:
        yield "all capital letters"
    if any(map(str.isdigit, author)):
        yield "digits"
    if len(tokens) == 1 and len(author) > 6 and author[1:] != author[1:].lower() and author.isalpha():
        yield "capitals inside"
    if _links(author):
        yield "a link"


def _address(found: Sequence[Link], author: str) -> tuple[str, ...]:
    """The author's own website: its host, its parts and whether it carries the author's name."""
    if not found:
        return ()
    host = found[0].host.removeprefix("www.")
    labels = host.split(".")
    name = labels[0] if len(labels) < 3 or len(labels[-2]) > 3 else labels[-3]
    own = any(len(token) > 2 and token in host for token in words(fold(author).text))
    pieces = [f"part {piece}" for piece in BETWEEN_PARTS.split(name) if piece][:4]
    return tuple(dict.fromkeys((f"host {host}", f"ends in .{labels[-1]}", *pieces, *_host(host, name, own, found[0]))))


def _host(host: str, name: str, own: bool, link: Link) -> Iterator[str]:
    yield "the author's name in it" if own else "nothing of the author's name in it"
    if "-" in name:
        yield "hyphens"
    if any(map(str.isdigit, name)):
        yield "digits"
    if len(name) > 12:
        yield "long name"
    if link.shortened or link.raw_address or link.international:
        yield "hidden or foreign host"


def placed(comment: Comment) -> Iterator[tuple[int, float]]:
    """Buckets and values, as training takes them; a bucket may come twice."""
    found = features(comment)
    said = [word(text) for text in found.said]
    distinct = dict.fromkeys(said)
    yield from _family(Family.WORDS, [w.bucket for w in distinct])
    pairs = pair_buckets([w.first for w in said], [w.second for w in said])
    yield from _family(Family.PAIRS, list(dict.fromkeys(pairs)))
    yield from _family(Family.GRAMS, [gram for w in distinct for gram in w.grams])
    for family, names in named(found):
        yield from _family(family, [bucket(family, name) for name in names])


def named(found: Features) -> tuple[tuple[Family, tuple[str, ...]], ...]:
    """The families whose features go by name."""
    return (
        (Family.FLAGS, found.flags),
        (Family.STYLE, found.style),
        (Family.NAME, found.name),
        (Family.ADDRESS, found.address),
    )


def value(family: Family, n: int) -> float:
    """What each of n features of a family counts: the family as a whole has the length LOUDNESS."""
    return LOUDNESS[family] / math.sqrt(n)


def _family(family: Family, buckets: Sequence[int]) -> Iterator[tuple[int, float]]:
    if buckets:
        each = value(family, len(buckets))
        yield from ((place, each) for place in buckets)

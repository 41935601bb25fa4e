"""Hashed features of a comment, in families, for the shipped model.

The hash is CRC-32 of a feature's name, so a changed name is another feature: the model must then be trained anew.
"""

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from operator import xor
from typing import NamedTuple

from comments.model import Comment
from workers.text.links import Link, links
from workers.text.memo import WordCache
from workers.text.normalization import fold
from workers.text.shapes import name_shapes, technical_shapes, text_shapes, website_shapes
from workers.text.style_measures import style_measures
from workers.text.tokens import repeats, without_addresses, words
from workers.text.traits import NO_DIGITS, traits


class Family(IntEnum):
    """Kind of a feature. Each family has its own buckets, so rare words never share a weight with traits."""

    WORDS = 0
    PAIRS = 1
    GRAMS = 2
    TRAITS = 3
    STYLE = 4
    NAME = 5
    ADDRESS = 6


#: Buckets of each family: 88 Ki in all, one byte each in the package.
BUCKETS = (1 << 15, 1 << 14, 1 << 15, 1 << 12, 1 << 10, 1 << 11, 1 << 11)
START = tuple(sum(BUCKETS[:n]) for n in range(len(BUCKETS)))
SIZE = sum(BUCKETS)

#: Length of each family's feature vector. A shorter one is regularized more. Style and names differ from site to site,
#: traits do not: with these lengths the mean AUC on unseen sources rose from .943 to .949.
VECTOR_LENGTH = (1.0, 1.0, 1.0, 1.4, 0.6, 0.8, 1.0)

#: Only the first words of a comment count; the rest of a long one repeats or pads.
_MAX_WORDS = 400
#: Longer words are addresses, keys or noise, and are cut.
MAX_LETTERS = 24
GRAM = 4

_DIGIT = re.compile(r"\d")
BETWEEN_PARTS = re.compile(r"[-_\d]+")
_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class Features:
    """Words in the order of the text, and the names of the features of other families."""

    words: tuple[str, ...]
    traits: tuple[str, ...]
    style: tuple[str, ...]
    name: tuple[str, ...]
    address: tuple[str, ...]
    shapes: tuple[str, ...] = ()  # of name, website and text; they have no buckets


class WordBuckets(NamedTuple):
    """Buckets of a word and of its character 4-grams, and its part of a pair's bucket as first and second word."""

    bucket: int
    grams: tuple[int, ...]
    first: int
    second: int


def _crc(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


#: Starts and masks of the families of words. Their sizes are powers of two, so that `&` is the remainder.
_WORDS, _PAIRS, _GRAMS = START[Family.WORDS], START[Family.PAIRS], START[Family.GRAMS]
_WORD_MASK, _PAIR_MASK, _GRAM_MASK = (BUCKETS[f] - 1 for f in (Family.WORDS, Family.PAIRS, Family.GRAMS))


def word_buckets(text: str) -> WordBuckets:
    """Return the buckets of a word and of its character 4-grams, with its ends marked by spaces."""
    marked = f" {text} "
    if marked.isascii():
        encoded = marked.encode()
        grams = dict.fromkeys([encoded[n : n + GRAM] for n in range(max(1, len(encoded) - GRAM + 1))])
        hashed = zlib.crc32(encoded[1:-1])
    else:
        pieces = [marked[n : n + GRAM] for n in range(max(1, len(marked) - GRAM + 1))]
        grams = dict.fromkeys([piece.encode("utf-8", "replace") for piece in pieces])
        hashed = _crc(text)
    gram_buckets = tuple([_GRAMS + (h & _GRAM_MASK) for h in map(zlib.crc32, grams)])
    # The family begins at a multiple of its size, so `first ^ second` is in the family too.
    first = _PAIRS + (hashed * 0x9E3779B1 >> 16 & _PAIR_MASK)
    return WordBuckets(_WORDS + (hashed & _WORD_MASK), gram_buckets, first, hashed >> 16 & _PAIR_MASK)


def pair_buckets(firsts: Sequence[int], seconds: Sequence[int]) -> list[int]:
    """Return the buckets of neighbouring words, from each word's `first` and `second`, in the order of the text."""
    return list(map(xor, firsts, seconds[1:]))


@lru_cache(maxsize=1 << 12)
def bucket(family: Family, name: str) -> int:
    """Return the bucket of a feature that is no word, pair or gram. Hosts never share a bucket with other traits.

    There are many hosts, and anybody can register one. A trusted host must not lower the weight of a disguise.
    """
    start, size = START[family], BUCKETS[family]
    if family is Family.TRAITS:
        others = size // 4
        start, size = (start + others, size - others) if "." in name else (start, others)
    return start + _crc(name) % size


def _normalized(token: str) -> str:
    """Return a word with its digits as 0, runs of a letter cut to two, and at most MAX_LETTERS letters."""
    token = token[:MAX_LETTERS]
    if not token.isalpha():
        token = _DIGIT.sub("0", token)
    return _REPEATED_LETTER.sub(r"\1\1", token)


_normalized_words = WordCache(_normalized)


def _all_normalized(every: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Return the normalized words of a text. Most have only normal ones, which is quicker to see for all together."""
    if not text.isascii() or max(map(len, every), default=0) > MAX_LETTERS or repeats(text, 3):
        return tuple(map(_normalized_words.__getitem__, every))
    if not text.encode().translate(None, NO_DIGITS):
        return every
    return tuple([word if word.isalpha() else _normalized_words[word] for word in every])


@lru_cache(maxsize=128)
def features(comment: Comment) -> Features:
    """Return the features of a comment. Email, origin and browser are not used."""
    content = comment.content
    folded, found = fold(content), _links(content)
    every = words(without_addresses(folded.text) if found else folded.text)[:_MAX_WORDS]
    normalized = _all_normalized(every, folded.text)
    website, (name, of_name) = _links(comment.url)[:1], _of_name(comment.author)
    distinct = frozenset(normalized)
    shapes = [
        *of_name,
        *(shape for link in website for shape in website_shapes(link, len(every))),
        *text_shapes(content, len(every), found),
        # A word with signs inside looks like the name of a file.
        *(() if folded.disguises else technical_shapes(content, distinct)),
    ]
    return Features(
        normalized,
        tuple(dict.fromkeys(traits(content, folded, found, distinct))),
        style_measures(folded.plain, every, normalized, found),
        name,
        _address(website),
        tuple(shapes),
    )


@lru_cache(maxsize=512)
def _of_name(author: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words and the shapes of an author's name."""
    folded = fold(author)
    shapes = name_shapes(author.strip(), bool(_links(author)))
    disguises = (f"{disguise} in the name" for disguise in folded.disguises)
    return tuple(dict.fromkeys(map(_normalized, words(folded.text)[:8]))), (*shapes, *disguises)


def _links(text: str) -> tuple[Link, ...]:
    """Return the links that were found when the shipped weights were trained, without words of code."""
    return tuple([link for link in links(text) if link.in_training and not link.in_code]) if text else ()


def _address(website: Sequence[Link]) -> tuple[str, ...]:
    """Return the ending and the parts of the name of the author's website. No host as a whole is a feature."""
    if not website:
        return ()
    labels = website[0].host.removeprefix("www.").split(".")
    name = labels[0] if len(labels) < 3 or len(labels[-2]) > 3 else labels[-3]
    pieces = [f"part {piece}" for piece in BETWEEN_PARTS.split(name) if piece][:4]
    return tuple(dict.fromkeys((f"ends in .{labels[-1]}", *pieces)))


def bucket_values(comment: Comment) -> Iterator[tuple[int, float]]:
    """Yield buckets with their values, for training. A bucket may occur twice."""
    found = features(comment)
    in_order = [word_buckets(text) for text in found.words]
    distinct = dict.fromkeys(in_order)
    yield from _family(Family.WORDS, [w.bucket for w in distinct])
    pairs = pair_buckets([w.first for w in in_order], [w.second for w in in_order])
    yield from _family(Family.PAIRS, list(dict.fromkeys(pairs)))
    yield from _family(Family.GRAMS, [gram for w in distinct for gram in w.grams])
    for family, names in named_features(found):
        yield from _family(family, [bucket(family, name) for name in names])


def named_features(found: Features) -> tuple[tuple[Family, tuple[str, ...]], ...]:
    """Return the families whose features have names."""
    return (
        (Family.TRAITS, found.traits),
        (Family.STYLE, found.style),
        (Family.NAME, found.name),
        (Family.ADDRESS, found.address),
    )


def feature_value(family: Family, n: int) -> float:
    """Return the value of each of n features of a family, so that the family's vector has VECTOR_LENGTH."""
    return VECTOR_LENGTH[family] / math.sqrt(n)


def _family(family: Family, buckets: Sequence[int]) -> Iterator[tuple[int, float]]:
    if buckets:
        each = feature_value(family, len(buckets))
        yield from ((place, each) for place in buckets)

"""Words and fingerprints of folded texts, to count words and to find duplicates and near-duplicates."""

import re
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from comments.hosts import UNSPACED_LETTERS

from .normalization import WORD_LETTERS, fold
from .vocabulary import common_words

#: Vowel marks, which Python's \w leaves out.
VOWEL_MARKS = "\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\u3099\u309a"

WORD = re.compile(f"(?:[^\\W_]|[{VOWEL_MARKS}])+")
UNSPACED_SCRIPT = re.compile(f"[{UNSPACED_LETTERS}]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
#: Translation table for ASCII: everything between words becomes a space.
NON_WORD_TO_SPACE = bytes(n if chr(n).isalnum() and n < 128 else 0x20 for n in range(256))

NO_LETTERS = bytes(n for n in range(128) if not chr(n).isalpha())

HONESTLY_REPEATED = frozenset(("", *" .-_=*0123456789\n"))

#: Texts with fewer letters are never compared ("thank you"). Those with fewer than ENOUGH_LETTERS may be the same by
#: coincidence ("thank you very much"), so that only many copies count.
LEAST_COMPARED, ENOUGH_LETTERS = 12, 25
#: Shorter texts have too few word triples to compare. Their letters are compared in fours.
LEAST_WORDS, _LETTERS_TOGETHER = 12, 4
#: Shorter texts may consist of English words by coincidence. Half of the words of English are among the most frequent.
FEWEST_FOR_ENGLISH, ENGLISH_SHARE = 6, 0.42
BANDS, _ROWS = 3, 3
_BAND_FORMAT = "-".join(["%08x"] * _ROWS)


@lru_cache(maxsize=128)
def repeats(text: str, n: int) -> bool:
    """Return whether a character outside HONESTLY_REPEATED occurs `n` times in a row. Quick for most texts."""
    size, code = (1, "ascii") if text.isascii() else (4, "utf-32-le")
    characters = int.from_bytes(text.encode(code, "surrogatepass"), "little")
    # XOR each character with the next one, all at once: equal neighbours give zeros.
    differences = (characters ^ characters >> 8 * size).to_bytes(size * len(text) + 1, "little")
    zeros = bytes(size * (n - 1))
    at = differences.find(zeros)
    while at >= 0 and text[at // size : at // size + 1] in HONESTLY_REPEATED:
        at = differences.find(zeros, at + 1)
    return at >= 0


def squeezed(text: str, n: int) -> str:
    """Cut runs of three or more of one letter to `n`."""
    return re.sub(r"([^\W\d_])\1{2,}", lambda m: m[1] * n, text) if repeats(text, 3) else text


@lru_cache(maxsize=256)
def without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", text) if "://" in text or "www." in text else text


def letters(text: str) -> str:
    """Return all letters of the folded text without links. Changes of punctuation and numbers do not change them."""
    folded = without_addresses(fold(text).text)
    if folded.isascii():
        return folded.encode().translate(None, NO_LETTERS).decode()
    return "".join(WORD_LETTERS.findall(folded))


@lru_cache(maxsize=256)
def fingerprint(text: str) -> str:
    """Return the letters of a text, for exact duplicates; "" if there are too few."""
    of_text = letters(text)
    return of_text if len(of_text) >= LEAST_COMPARED else ""


@lru_cache(maxsize=256)
def is_long(text: str) -> bool:
    """True if two texts like this one hardly ever have the same words by coincidence."""
    return len(fingerprint(text)) >= ENOUGH_LETTERS and len(words(without_addresses(fold(text).text))) >= LEAST_WORDS


@lru_cache(maxsize=512)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a folded text; pairs of neighbouring characters in scripts without spaces."""
    if text.isascii():
        return tuple(text.encode().translate(NON_WORD_TO_SPACE).decode().split())
    found = WORD.findall(text)
    return tuple(chain.from_iterable(map(_character_pairs, found)) if UNSPACED_SCRIPT.search(text) else found)


@lru_cache(maxsize=256)
def is_clearly_english(text: str) -> bool:
    """Decide if enough of a folded text's words are among the most frequent of English."""
    found = words(text)
    return len(found) >= FEWEST_FOR_ENGLISH and are_english(found)


def are_english(found: Sequence[str]) -> bool:
    """Decide if the share of the most frequent English words is that of ordinary English."""
    return sum(map(common_words().__contains__, found)) >= ENGLISH_SHARE * len(found)


def _character_pairs(word: str) -> list[str]:
    if len(word) < 3 or not UNSPACED_SCRIPT.search(word):
        return [word]
    return [word[n : n + 2] for n in range(len(word) - 1)]


@lru_cache(maxsize=256)
def bands(text: str) -> tuple[str, ...]:
    """Return three hashes for near-duplicates, which share at least one of them; empty for a very short text.

    Method: one-permutation minima (Li, Owen and Zhang 2012) of hashed word triples, three to a band; in a short text of
    hashed groups of letters. Two texts that share a part s of them share a band with probability 1 - (1 - s³)³: .98 at
    .9, .33 at .5, .003 at .1.
    """
    found = words(without_addresses(fold(text).text))
    if len(found) >= LEAST_WORDS:
        encoded = " ".join(found).encode("utf-8", "replace").split(b" ")
        minima = _minima(map(zlib.crc32, map(b" ".join, zip(encoded, encoded[1:], encoded[2:], strict=False))))
    elif of_text := fingerprint(text):
        starts = range(len(of_text) - _LETTERS_TOGETHER + 1)
        if of_text.isascii():
            letters_of = of_text.encode()
            minima = _minima(map(zlib.crc32, [letters_of[n : n + _LETTERS_TOGETHER] for n in starts]))
        else:
            groups = [of_text[n : n + _LETTERS_TOGETHER] for n in starts]
            minima = _minima([zlib.crc32(group.encode("utf-8", "replace")) for group in groups])
    else:
        return ()
    return tuple([_BAND_FORMAT % tuple(minima[n : n + _ROWS]) for n in range(0, BANDS * _ROWS, _ROWS)])


def _minima(hashes: Iterable[int]) -> list[int]:
    """Return the least hash in each of nine bins. An empty bin takes the value of the next bin that has one."""
    n = BANDS * _ROWS
    least = {h % n: h for h in sorted(hashes, reverse=True)}
    bins = [least.get(at, -1) for at in range(n)]
    while -1 in bins:
        bins = [h if h >= 0 else following for h, following in zip(bins, [*bins[1:], bins[0]], strict=True)]
    return bins

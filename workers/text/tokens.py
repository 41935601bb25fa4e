"""What of a folded text is compared: its letters, its words, and what nearly the same texts share."""

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from comments.hosts import UNSPACED_LETTERS

from .normalization import WORD_LETTERS, fold

#: Scripts whose vowels are marks, which Python's \w leaves out.
VOWEL_MARKS = "\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\u3099\u309a"

WORD = re.compile(f"(?:[^\\W_]|[{VOWEL_MARKS}])+")
UNSPACED = re.compile(f"[{UNSPACED_LETTERS}]")
LINK = re.compile(r"(?:https?://|www\.)\S+")
#: Of an ASCII text, everything between words as a space.
APART = bytes(n if chr(n).isalnum() and n < 128 else 0x20 for n in range(256))

NO_LETTERS = bytes(n for n in range(128) if not chr(n).isalpha())

IDLE = frozenset(("", *" .-_=*0123456789\n"))

#: Below this the same letters are honest coincidence ("thank you very much").
FINGERPRINT_LETTERS = 25
#: Below this, words in a row are too few to be compared.
SHINGLED_WORDS = 12
BANDS, ROWS = 3, 3
BAND = "-".join(["%08x"] * ROWS)


def repeats(text: str, n: int) -> bool:
    """Whether `n` of one sign may stand in a row, other than numbers and dots: quick to deny, as most texts need it."""
    size, code = (1, "ascii") if text.isascii() else (4, "utf-32-le")
    signs = int.from_bytes(text.encode(code, "surrogatepass"), "little")
    # Each sign against the one behind it, all at once: where they are the same, nothing is left.
    differences = (signs ^ signs >> 8 * size).to_bytes(size * len(text) + 1, "little")
    same = bytes(size * (n - 1))
    at = differences.find(same)
    while at >= 0 and text[at // size : at // size + 1] in IDLE:
        at = differences.find(same, at + 1)
    return at >= 0


def squeezed(text: str, n: int) -> str:
    """Runs of three or more of one letter cut down to `n`."""
    return re.sub(r"([^\W\d_])\1{2,}", lambda m: m[1] * n, text)


@lru_cache(maxsize=256)
def without_addresses(text: str) -> str:
    return LINK.sub(" ", text) if "://" in text or "www." in text else text


def letters(text: str) -> str:
    """All letters of the text as it is meant, links left out: what stays when punctuation and numbers are varied."""
    meant = without_addresses(fold(text).text)
    if meant.isascii():
        return meant.encode().translate(None, NO_LETTERS).decode()
    return "".join(WORD_LETTERS.findall(meant))


@lru_cache(maxsize=256)
def fingerprint(text: str) -> str:
    """The same for texts of the same letters; "" where there are too few to tell."""
    kept = letters(text)
    return kept if len(kept) >= FINGERPRINT_LETTERS else ""


@lru_cache(maxsize=512)
def words(text: str) -> tuple[str, ...]:
    """The words of a folded text; pairs of neighbouring characters where the script has no spaces."""
    if text.isascii():
        return tuple(text.encode().translate(APART).decode().split())
    found = WORD.findall(text)
    return tuple(chain.from_iterable(map(_pieces, found)) if UNSPACED.search(text) else found)


def _pieces(word: str) -> list[str]:
    if len(word) < 3 or not UNSPACED.search(word):
        return [word]
    return [word[n : n + 2] for n in range(len(word) - 1)]


@lru_cache(maxsize=256)
def bands(text: str) -> tuple[str, ...]:
    """Three names, of which texts that are nearly the same share one or more; empty for a short text.

    Method: one-permutation minima (Li, Owen and Zhang 2012) of hashed word triples, three to a band. Two texts with a
    share s of their triples in common meet with probability 1 - (1 - s³)³: .98 at .9, .33 at .5, .003 at .1.
    """
    found = words(without_addresses(fold(text).text))
    if len(found) < SHINGLED_WORDS:
        return ()
    said = " ".join(found).encode("utf-8", "replace").split(b" ")
    minima = _minima(map(zlib.crc32, map(b" ".join, zip(said, said[1:], said[2:], strict=False))))
    return tuple([BAND % tuple(minima[n : n + ROWS]) for n in range(0, BANDS * ROWS, ROWS)])


def _minima(hashes: Iterable[int]) -> list[int]:
    """The least hash of each of nine bins; an empty bin borrows from the next that is not."""
    n = BANDS * ROWS
    least = {h % n: h for h in sorted(hashes, reverse=True)}
    bins = [least.get(at, -1) for at in range(n)]
    while -1 in bins:
        bins = [h if h >= 0 else following for h, following in zip(bins, [*bins[1:], bins[0]], strict=True)]
    return bins

"""Text as it is meant to be read: every disguise undone once, for all filters."""

import html
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from .look_alikes import ALWAYS, IN_LATIN_WORDS, LEET

#: Controls, soft hyphens, zero-width and bidirectional characters, fillers, variation selectors, tags.
_HIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
#: Marks that sit on letters; those of scripts from Hebrew to Burmese are vowels and stay.
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
#: Scripts whose vowels are marks, which Python's \w leaves out.
_VOWELLED = "\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\u3099\u309a"
#: Scripts written without spaces: Thai to Burmese, Khmer, kana and Chinese characters.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LIKE_LATIN = "".join(IN_LATIN_WORDS)

HIDDEN = re.compile(f"[{_HIDDEN}]+")
HIDDEN_IN_WORD = re.compile(f"[A-Za-z][{_HIDDEN}]+[A-Za-z]")
MARKS = re.compile(f"[{_MARKS}]+")
ACCENTED = re.compile("[\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff]+")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--[^<>]{0,300}-->")
FANCY = re.compile(f"[{''.join(ALWAYS)}]")
MIXED = re.compile(f"[A-Za-z][{_LIKE_LATIN}]|[{_LIKE_LATIN}][A-Za-z]")
WORD_LETTERS = re.compile(r"[^\W\d_]+")
LEET_IN_WORD = re.compile(r"[a-z][0134578@$!|]{1,3}[a-z]")
ADDRESS = re.compile(r"://|www\.|@[^@]*\.|[a-z0-9]\.[a-z]{2,}/")
GAP = re.compile(r"(\s+)")
#: Three or more single letters with the same sign between them, as in "f u c k" and "v.i.a.g.r.a".
SPACED = re.compile(r"(?<![^\W_])([^\W\d_])([ .,\-_*·|/\\~+]{1,3})(?=[^\W\d_]\2)(?:[^\W\d_]\2)+[^\W\d_](?![^\W_])")
WORD = re.compile(f"(?:[^\\W_]|[{_VOWELLED}])+")
ASCII_WORD = re.compile(r"[a-z0-9]+", re.IGNORECASE | re.ASCII)
UNSPACED = re.compile(f"[{_UNSPACED}]")
LINK = re.compile(r"(?:https?://|www\.)\S+")

#: One character can be eighteen in its compatibility form; whoever writes many such has nothing to be read there.
MOST_GROWTH = 3
#: Below this the same letters are honest coincidence ("thank you very much").
FINGERPRINT_LETTERS = 25
#: Below this, words in a row are too few to be compared.
SHINGLED_WORDS = 12
BANDS, ROWS = 3, 3


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is casefolded and plain; `disguises` names what had to be undone that honest writers seldom do."""

    text: str
    disguises: tuple[str, ...] = ()


def _replaced(pattern: re.Pattern[str], table: Mapping[str, str], text: str) -> str:
    return pattern.sub(lambda m: table[m[0]], text)


def _without_marks(text: str) -> str:
    """Accents off Latin and Greek letters; elsewhere a mark that is part of a letter, as in й, belongs to it."""
    bare = ACCENTED.sub(lambda m: MARKS.sub("", unicodedata.normalize("NFD", m[0])), text)
    return MARKS.sub("", bare)


def _latin_words(text: str) -> str:
    """Look-alikes replaced inside words that also hold Latin letters."""

    def plain(word: re.Match[str]) -> str:
        return "".join(IN_LATIN_WORDS.get(c, c) for c in word[0]) if MIXED.search(word[0]) else word[0]

    return WORD_LETTERS.sub(plain, text)


def _unleet(text: str) -> str:
    """Digits and signs between letters read as letters; addresses are left alone."""
    chunks = GAP.split(text)
    return "".join(c.translate(LEET) if LEET_IN_WORD.search(c) and not ADDRESS.search(c) else c for c in chunks)


def _joined(spaced: re.Match[str]) -> str:
    return spaced[0].replace(spaced[2], "")


@lru_cache(maxsize=512)
def fold(text: str) -> Folded:
    """Entities, tags, compatibility forms, hidden characters, accents, look-alikes, leet and spaced letters undone."""
    seen: list[str] = []
    if "&" in text:
        text = html.unescape(text)
    if HIDDEN.search(text):
        seen += ["hidden characters"] if HIDDEN_IN_WORD.search(text) else []
        text = HIDDEN.sub("", text)
    if "<" in text:
        text = TAG.sub("", text)
    if not text.isascii():
        text = _unaccented(text, seen)
    text = text.casefold()
    for name, sign, undo in (("digits as letters", LEET_IN_WORD, _unleet), ("spaced letters", SPACED, _unspaced)):
        if sign.search(text):
            text, before = undo(text), text
            seen += [name] if text != before else []
    return Folded(text, tuple(seen))


def _unaccented(text: str, seen: list[str]) -> str:
    plain = unicodedata.normalize("NFKC", text)[: MOST_GROWTH * len(text)]
    plain = _replaced(FANCY, ALWAYS, HIDDEN.sub("", plain))
    plain = _without_marks(plain)
    if MIXED.search(plain):
        seen.append("look-alike letters")
        plain = _latin_words(plain)
    return plain


def _unspaced(text: str) -> str:
    return SPACED.sub(_joined, text)


def squeezed(text: str, n: int) -> str:
    """Runs of three or more of one letter cut down to `n`."""
    return re.sub(r"([^\W\d_])\1{2,}", lambda m: m[1] * n, text)


def without_addresses(text: str) -> str:
    return LINK.sub(" ", text) if "://" in text or "www." in text else text


def letters(text: str) -> str:
    """All letters of the text as it is meant, links left out: what stays when punctuation and numbers are varied."""
    return "".join(WORD_LETTERS.findall(without_addresses(fold(text).text)))


def fingerprint(text: str) -> str:
    """The same for texts of the same letters; "" where there are too few to tell."""
    kept = letters(text)
    return kept if len(kept) >= FINGERPRINT_LETTERS else ""


@lru_cache(maxsize=512)
def words(text: str) -> tuple[str, ...]:
    """The words of a folded text; pairs of neighbouring characters where the script has no spaces."""
    if text.isascii():
        return tuple(ASCII_WORD.findall(text))
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
    triples = {f"{a} {b} {c}" for a, b, c in zip(found, found[1:], found[2:], strict=False)}
    minima = _minima([zlib.crc32(t.encode("utf-8", "replace")) for t in triples])
    return tuple("-".join(f"{m:08x}" for m in minima[b * ROWS : (b + 1) * ROWS]) for b in range(BANDS))


def _minima(hashes: Iterable[int]) -> list[int]:
    """The least hash of each of nine bins; an empty bin borrows from the next that is not."""
    bins = [-1] * (BANDS * ROWS)
    for h in sorted(hashes, reverse=True):
        bins[h % len(bins)] = h
    while -1 in bins:
        bins = [h if h >= 0 else following for h, following in zip(bins, [*bins[1:], bins[0]], strict=True)]
    return bins

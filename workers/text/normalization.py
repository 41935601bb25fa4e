"""Text normalization: undo entities, compatibility forms, homoglyphs and other disguises, once for all filters."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .code_fences import FENCE, unfenced
from .encodings import (
    INDICATOR,
    decoded,
    may_be_encoded,
    unescaped,
    unreversed,
    without_indicators,
    without_phonetic_letters,
)
from .homoglyphs import FOR_ALL_WORDS, ONLY_CYRILLIC, ONLY_LATIN, TO_CYRILLIC, TO_LATIN
from .letter_codes import CODE_MARKS, without_codes
from .obfuscation import undotted, unleet, unspaced
from .word_pieces import rejoined, separated

#: Controls, soft hyphens, zero-width and bidirectional characters, fillers, variation selectors, tags.
_HIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
#: Combining marks on letters. Those of scripts from Hebrew to Burmese are vowels and stay.
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_LIKE_LATIN = "".join(TO_LATIN) + "\u0400-\u04ff"

HIDDEN = re.compile(f"[{_HIDDEN}]+")
#: ASCII characters that are visible or white space.
PLAIN_ASCII = bytes(n for n in range(128) if not HIDDEN.match(chr(n)))
HIDDEN_IN_WORD = re.compile(f"[A-Za-z][{_HIDDEN}]+[A-Za-z]")
MARKS = re.compile(f"[{_MARKS}]+")
ACCENTED = re.compile("[\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff]+")
_HTML_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--[^<>]{0,300}-->")
FANCY = re.compile(f"[{''.join(FOR_ALL_WORDS)}]")
MIXED = re.compile(f"[A-Za-z][{_LIKE_LATIN}]|[{_LIKE_LATIN}][A-Za-z]")
CYRILLIC = re.compile(f"[{ONLY_CYRILLIC}]")
LATIN = re.compile(f"[{ONLY_LATIN}]")
#: A foreign name with an ending of another language, as "Docker" may have in Russian.
INFLECTED = re.compile("[A-Za-z]{3,}[\u0400-\u04ff]{1,4}")
WORD_LETTERS = re.compile(r"[^\W\d_]+")

#: Limit for the growth of a text: one character can become eighteen in its compatibility form.
MAX_GROWTH = 3
LOOK_ALIKE = "look-alike letters"
#: Disguised spellings of words, in the order in which they are undone.
DOTS = "dots inside words"
ENCODED_TEXT, PIECES, TOGETHER = "encoded text", "words in pieces", "words run together"
FENCED_PROSE = "prose as code"
#: Letters of a single word that may consist of several.
SHORTEST_JOINED = 14
ENCODINGS = ((re.compile("\u202e"), unreversed), (INDICATOR, without_indicators))
SPELLINGS = (
    ("digits as letters", unleet),
    ("spaced letters", unspaced),
    (DOTS, undotted),
    (PIECES, rejoined),
    (TOGETHER, separated),
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A normalized text: `text` is casefolded, `plain` still has its capitals.

    `disguises` names the disguises that were undone, which honest writers seldom use.
    """

    text: str
    disguises: tuple[str, ...] = ()
    plain: str = ""


def unusual(text: str) -> str:
    """Return the characters outside PLAIN_ASCII, in order. Most texts have few, so searching them is quick."""
    return text.encode("utf-8", "surrogatepass").translate(None, PLAIN_ASCII).decode("utf-8", "surrogatepass")


def _replaced(pattern: re.Pattern[str], table: Mapping[str, str], text: str) -> str:
    return pattern.sub(lambda m: table[m[0]], text)


def _without_marks(text: str, odd: str) -> str:
    """Remove accents from Latin and Greek letters. In other scripts a mark can be part of the letter, as in й."""
    for letter in set("".join(ACCENTED.findall(odd))):
        text = text.replace(letter, MARKS.sub("", unicodedata.normalize("NFD", letter)))
    return MARKS.sub("", text) if MARKS.search(odd) else text


def _in_one_script(text: str) -> str:
    """Put words of mixed script into the script of their unmistakable letters."""
    has_cyrillic = CYRILLIC.search(text) is not None

    def in_one_script(match: re.Match[str]) -> str:
        word = match[0]
        if not MIXED.search(word) or (has_cyrillic and INFLECTED.fullmatch(word)):
            return word
        more = len(CYRILLIC.findall(word)) - len(LATIN.findall(word))
        table = TO_CYRILLIC if more > 0 or (more == 0 and has_cyrillic) else TO_LATIN
        return "".join([table.get(c, c) for c in word])

    return WORD_LETTERS.sub(in_one_script, text)


def _unaccented(text: str, disguises: list[str]) -> str:
    plain = unicodedata.normalize("NFKC", text)[: MAX_GROWTH * len(text)]
    # No step below adds an unusual character.
    odd = unusual(plain)
    plain, is_phonetic = without_phonetic_letters(plain, odd)
    if is_phonetic:
        disguises.append(LOOK_ALIKE)
    if HIDDEN.search(odd):
        plain = HIDDEN.sub("", plain)
    if not FOR_ALL_WORDS.keys().isdisjoint(odd):
        plain = _replaced(FANCY, FOR_ALL_WORDS, plain)
    plain = _without_marks(plain, odd)
    if not plain.isascii() and MIXED.search(plain) and (unmixed := _in_one_script(plain)) != plain:
        disguises.append(LOOK_ALIKE)
        plain = unmixed
    return plain


@lru_cache(maxsize=512)
def fold(text: str) -> Folded:
    """Undo entities, tags, compatibility forms, hidden characters, accents, homoglyphs and disguised spellings."""
    if text.isascii() and text.isalpha() and len(text) < SHORTEST_JOINED:
        return Folded(text.casefold(), (), text)
    disguises: list[str] = []
    text = _decoded(text, disguises)
    if (odd := unusual(text)) and HIDDEN.search(odd):
        disguises += ["hidden characters"] if HIDDEN_IN_WORD.search(text) else []
        text = HIDDEN.sub("", text)
    if "<" in text:
        text = _HTML_TAG.sub("", text)
    if FENCE in text:
        text, has_prose = unfenced(text)
        disguises += [FENCED_PROSE] if has_prose else []
    if not text.isascii():
        text = _unaccented(text, disguises)
    for name, undo in SPELLINGS:
        text, disguised = undo(text)
        if disguised:
            disguises.append(name)
    return Folded(text.casefold(), tuple(dict.fromkeys(disguises)), text)


def _decoded(text: str, disguises: list[str]) -> str:
    """Undo encodings, each only if the text has its sign."""
    undone = [unescaped] if "&" in text else []
    undone += [without_codes] if any(map(text.__contains__, CODE_MARKS)) else []
    undone += [] if text.isascii() else [undo for sign, undo in ENCODINGS if sign.search(text)]
    undone += [decoded] if may_be_encoded(text) else []
    for undo in undone:
        text, disguised = undo(text)
        if disguised:
            disguises.append(ENCODED_TEXT)
    return text

"""Text as it is meant to be read: every disguise undone once, for all filters."""

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .homoglyphs import ALWAYS, IN_CYRILLIC_WORDS, IN_LATIN_WORDS, ONLY_CYRILLIC, ONLY_LATIN
from .obfuscation import undotted, unleet, unspaced

#: Controls, soft hyphens, zero-width and bidirectional characters, fillers, variation selectors, tags.
_HIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
#: Marks that sit on letters; those of scripts from Hebrew to Burmese are vowels and stay.
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_LIKE_LATIN = "".join(IN_LATIN_WORDS) + "\u0400-\u04ff"

HIDDEN = re.compile(f"[{_HIDDEN}]+")
#: Each sign of ASCII that can be seen or is a blank.
USUAL = bytes(n for n in range(128) if not HIDDEN.match(chr(n)))
HIDDEN_IN_WORD = re.compile(f"[A-Za-z][{_HIDDEN}]+[A-Za-z]")
MARKS = re.compile(f"[{_MARKS}]+")
ACCENTED = re.compile("[\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff]+")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--[^<>]{0,300}-->")
FANCY = re.compile(f"[{''.join(ALWAYS)}]")
MIXED = re.compile(f"[A-Za-z][{_LIKE_LATIN}]|[{_LIKE_LATIN}][A-Za-z]")
CYRILLIC = re.compile(f"[{ONLY_CYRILLIC}]")
LATIN = re.compile(f"[{ONLY_LATIN}]")
#: A foreign name with an ending of its sentence's language, as "Docker" may have in Russian.
INFLECTED = re.compile("[A-Za-z]{3,}[\u0400-\u04ff]{1,4}")
WORD_LETTERS = re.compile(r"[^\W\d_]+")

#: One character can be eighteen in its compatibility form; whoever writes many such has nothing to be read there.
MOST_GROWTH = 3
#: Disguises of words, in the order in which they are undone.
DOTS = "dots inside words"
SPELLINGS = (("digits as letters", unleet), ("spaced letters", unspaced), (DOTS, undotted))


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is plain and casefolded, `plain` has its capitals still.

    `disguises` names what had to be undone that honest writers seldom do.
    """

    text: str
    disguises: tuple[str, ...] = ()
    plain: str = ""


def unusual(text: str) -> str:
    """The characters of a text that no English typewriter has, in order: of most texts so few that looking is quick."""
    return text.encode("utf-8", "surrogatepass").translate(None, USUAL).decode("utf-8", "surrogatepass")


def _replaced(pattern: re.Pattern[str], table: Mapping[str, str], text: str) -> str:
    return pattern.sub(lambda m: table[m[0]], text)


def _without_marks(text: str, odd: str) -> str:
    """Accents off Latin and Greek letters; elsewhere a mark that is part of a letter, as in й, belongs to it."""
    for letter in set("".join(ACCENTED.findall(odd))):
        text = text.replace(letter, MARKS.sub("", unicodedata.normalize("NFD", letter)))
    return MARKS.sub("", text) if MARKS.search(odd) else text


def _in_one_script(text: str) -> str:
    """Words of two scripts put into that of which they have more letters that the other has none like."""
    beside_cyrillic = CYRILLIC.search(text) is not None

    def plain(match: re.Match[str]) -> str:
        word = match[0]
        if not MIXED.search(word) or (beside_cyrillic and INFLECTED.fullmatch(word)):
            return word
        more = len(CYRILLIC.findall(word)) - len(LATIN.findall(word))
        table = IN_CYRILLIC_WORDS if more > 0 or (more == 0 and beside_cyrillic) else IN_LATIN_WORDS
        return "".join([table.get(c, c) for c in word])

    return WORD_LETTERS.sub(plain, text)


def _unaccented(text: str, seen: list[str]) -> str:
    plain = unicodedata.normalize("NFKC", text)[: MOST_GROWTH * len(text)]
    # Nothing below puts an odd character where there was none.
    odd = unusual(plain)
    if HIDDEN.search(odd):
        plain = HIDDEN.sub("", plain)
    if not ALWAYS.keys().isdisjoint(odd):
        plain = _replaced(FANCY, ALWAYS, plain)
    plain = _without_marks(plain, odd)
    if not plain.isascii() and MIXED.search(plain) and (meant := _in_one_script(plain)) != plain:
        seen.append("look-alike letters")
        plain = meant
    return plain


@lru_cache(maxsize=512)
def fold(text: str) -> Folded:
    """Entities, tags, compatibility forms, hidden characters, accents, look-alikes and spellings undone."""
    if text.isascii() and text.isalpha():
        return Folded(text.casefold(), (), text)
    seen: list[str] = []
    if "&" in text:
        text = html.unescape(text)
    if (odd := unusual(text)) and HIDDEN.search(odd):
        seen += ["hidden characters"] if HIDDEN_IN_WORD.search(text) else []
        text = HIDDEN.sub("", text)
    if "<" in text:
        text = TAG.sub("", text)
    if not text.isascii():
        text = _unaccented(text, seen)
    for name, undo in SPELLINGS:
        text, disguised = undo(text)
        if disguised:
            seen.append(name)
    return Folded(text.casefold(), tuple(seen), text)

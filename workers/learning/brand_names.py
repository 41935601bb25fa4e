"""Names that adverts repeat in many spellings: letters with a number ("alexis17"), and names in disguised letters."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from workers.text.homoglyphs import TO_LATIN
from workers.text.normalization import fold
from workers.text.numbered_words import numbered_words
from workers.text.tokens import without_addresses, words
from workers.text.vocabulary import common_words

#: Names of one comment that are compared.
MAX_NAMES = 6
#: Words that are read, and letters of a name with a number and of one without, which must be disguised.
_MAX_WORDS, _LETTERS, _LETTERS_DISGUISED = 160, range(3, 25), range(5, 25)
#: Digits of a name's number. Longer ones are amounts and phone numbers.
_DIGITS = range(2, 5)
#: Letters that look like Latin ones, beyond those that `fold` replaces.
_LIKE_LATIN = str.maketrans(
    {sign.casefold(): letter.casefold() for sign, letter in TO_LATIN.items()}
    | dict(zip("λдяᗩᗷᑕᗪᗯᑌᑎⱥꮃ❶❷❸❹❺❻❼❽❾⓿", "adrabcdwunaw1234567890", strict=True))
)
#: Letters with a stroke or a ligature, which `fold` replaces and no normal form does.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
#: Signs outside the usual letters, punctuation and emoji, which may stand for Latin letters.
_UNUSUAL = re.compile(
    "[\u0250-\u1dff\u2c60-\u2c7f\u2070-\u209f\u2100-\u218f\u2460-\u24ff"
    "\u2776-\u2793\ua640-\uabff\uff00-\uffef\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]"
)
_HAS_LATIN = re.compile("[a-z0-9]")
_LETTERS_AND_DIGITS = re.compile(r"[a-z]+|\d+")
#: A word with a number inside: "pawpaw4d".
_NUMBER_INSIDE = re.compile(r"[a-z]{2,}\d{1,3}[a-z]+")
_DIGIT = re.compile("[0-9]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MARK = re.compile("[\u0300-\u036f]+")


@lru_cache(maxsize=256)
def brand_names(content: str) -> tuple[str, ...]:
    """Return at most MAX_NAMES names of a text, each in one spelling."""
    folded = fold(content)
    text = without_addresses(folded.text)
    has_digits = _DIGIT.search(text)
    is_disguised = folded.disguises or (not content.isascii() and _UNUSUAL.search(content))
    if not has_digits and not is_disguised:
        return ()
    found = words(text)[:_MAX_WORDS]
    if is_disguised and not text.isascii():
        found = tuple([w.translate(_LIKE_LATIN) if _HAS_LATIN.search(w) else w for w in found])
    names = [*_with_numbers(found), *filter(_has_number_inside, found)] if has_digits else []
    names += _disguised(content, found) if is_disguised else ()
    return tuple(islice(dict.fromkeys(names), MAX_NAMES))


def _with_numbers(found: Sequence[str]) -> Iterator[str]:
    """Yield names that a number follows, at once or as the next words. Letters by themselves make up one name."""
    name, number, is_joined = "", "", False
    for word in (*found, "."):
        for part in (word,) if word.isalpha() else _LETTERS_AND_DIGITS.findall(word) or ("",):
            if part.isdigit():
                number += part
                continue
            if number and _is_number(number) and len(name) in _LETTERS and not _is_ordinary(name):
                yield name + number
            is_letter = len(part) == 1
            name = name + part if is_letter and is_joined and not number else part
            number, is_joined = "", is_letter


def _has_number_inside(word: str) -> bool:
    return len(word) in _LETTERS_DISGUISED and _NUMBER_INSIDE.fullmatch(word) is not None


def _is_ordinary(name: str) -> bool:
    return name in common_words() or name in numbered_words()


def _is_number(digits: str) -> bool:
    return len(digits) in _DIGITS and not _YEAR.fullmatch(digits)


def _disguised(content: str, found: Sequence[str]) -> Iterator[str]:
    """Yield the words that the text does not have in plain letters. Accents are no disguise."""
    if names := [word for word in found if len(word) in _LETTERS_DISGUISED and word.isascii() and word.isalpha()]:
        written = _MARK.sub("", unicodedata.normalize("NFD", content.casefold())).translate(_STROKES)
        yield from [name for name in names if name not in written]

"""Join words that were cut in two, and separate words that were run together, with a vocabulary of English."""

import re
from collections.abc import Sequence

from .vocabulary import is_english

_WORD = re.compile(r"[A-Za-z]+")
#: Before the end of a short form, as in "I'm", which is no piece.
APOSTROPHES = ("'", "’")
#: Between the pieces of a word.
SEPARATORS = frozenset(("-", "_", "**", " "))
#: Pairs to try, so that a text in another language takes no time.
MAX_TRIED = 24
#: At least so many words are cut, and one in so many of all. Honest texts have "co-operate" and typing errors.
LEAST_CUT, CUT_SHARE = 2, 5
_LONGEST = 24

#: Words with a capital each, as in "CheckOutMyChannel". Variables such as "getElementById" begin with a small letter.
JOINED = re.compile(r"(?<![\w./@#-])[A-Z][a-z]*(?:[A-Z][a-z]+|[A-Z](?=[A-Z][a-z]))+(?![\w/(]|\.\w)")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]")
#: A text without so many spaces, and with this share of its letters in such words, is disguised.
MISSING_SPACES, JOINED_SHARE = 3, 0.6


def rejoined(text: str) -> tuple[str, bool]:
    """Join pieces such as "chan-nel" and "foll owers" if they make a word and are not both words themselves."""
    words = list(_WORD.finditer(text))
    known = [is_english[word[0].lower()] for word in words]
    if len(known) - sum(known) < LEAST_CUT:
        return text, False
    cuts = _cuts(text, words, known)
    if len(cuts) < LEAST_CUT or len(cuts) * CUT_SHARE < len(words) - len(cuts):
        return text, False
    for start, end in reversed(cuts):
        text = text[:start] + text[end:]
    return text, True


def _cuts(text: str, words: Sequence[re.Match[str]], known: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the separators to remove."""
    cuts: list[tuple[int, int]] = []
    tried, n = 0, 0
    while n < len(words) - 1 and (tried < MAX_TRIED or len(cuts) * CUT_SHARE > tried):
        first, second = words[n], words[n + 1]
        n += 1
        if text[max(0, first.start() - 1) : first.start()] in APOSTROPHES:
            continue
        if (known[n - 1] and known[n]) or text[first.end() : second.start()] not in SEPARATORS:
            continue
        tried += 1
        joined = first[0] + second[0]
        if len(joined) <= _LONGEST and is_english[joined.lower()]:
            cuts.append((first.end(), second.start()))
            n += 1
    return cuts


def separated(text: str) -> tuple[str, bool]:
    """Separate words that were run together, if the text consists of them. Names of programs and variables stay."""
    joined = [word for word in JOINED.findall(text) if _is_joined(word)]
    letters = sum(map(len, _WORD.findall(text)))
    missing = sum(len(_PARTS.findall(word)) - 1 for word in joined)
    if missing < MISSING_SPACES or sum(map(len, joined)) < JOINED_SHARE * letters:
        return text, False
    return JOINED.sub(lambda word: " ".join(_PARTS.findall(word[0])) if _is_joined(word[0]) else word[0], text), True


def _is_joined(word: str) -> bool:
    parts = _PARTS.findall(word)
    known = sum(is_english[part.lower()] for part in parts)
    return len(parts) > 1 and 2 * known >= len(parts)

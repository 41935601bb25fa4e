"""Join words that were cut in two, and separate words that were run together, with a vocabulary of English."""

import re
from collections.abc import Sequence
from operator import add

from .encodings import word_lengths
from .vocabulary import common_words, english_words

_WORD = re.compile(r"[A-Za-z]+")
#: Before the end of a short form, as in "I'm", which is no piece.
APOSTROPHES = ("'", "’")
#: Translation table for ASCII in small letters: everything else becomes a space.
_BETWEEN_WORDS = bytes(n if chr(n).isalpha() and n < 128 else 0x20 for n in range(256))
#: Between the pieces of a word.
SEPARATORS = frozenset(("-", "_", "**", " "))
#: Letters of a piece, and the share of such short words in a text with spaces inside words. English has four in ten.
SHORT_PIECE, SHORT_SHARE = 3, 0.45
_SHORT = range(1, SHORT_PIECE + 1)
#: At least so many words are cut, and one in so many of all. Honest texts have "co-operate" and typing errors.
LEAST_CUT, CUT_SHARE = 2, 5

#: Share of the most frequent words from which a text is in no pieces. Pieces of seven in ten words leave a quarter.
WHOLE_SHARE = 0.42

#: Words with a capital each, as in "CheckOutMyChannel", or in capitals, as in "CHECKOUTMYCHANNEL". Variables such as
#: "getElementById" begin with a small letter.
JOINED = re.compile(
    r"(?<![\w./@#-])(?:[A-Z][a-z]*(?:'[a-z]{1,2})?(?:[A-Z][a-z]+(?:'[a-z]{1,2})?|[A-Z](?=[A-Z][a-z]))+"
    r"|[A-Z]{6,40}(?=[A-Z][a-z]|[^\w/(]|$))(?![a-z_/(]|\.[a-z])"
)
_PARTS = re.compile(r"[A-Z]?[a-z]+(?:'[a-z]{1,2})?|[A-Z]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)\S+?\.[a-z]{2,}/\S*")
#: Letters of a word in capitals, unless it is among the most frequent ones.
SHORTEST_IN_CAPITALS = 4
#: A text without so many spaces, and with this share of the letters outside links in such words, is disguised. Two
#: missing spaces are enough if they are in one word. Of 57,000 honest comments three are.
MISSING_SPACES, JOINED_SHARE = 3, 0.45
#: Prose has fewer characters to a space.
CHARACTERS_A_SPACE = 7


def rejoined(text: str) -> tuple[str, bool]:
    """Join pieces such as "chan-nel" and "foll owers" if they make a word and are not both words themselves."""
    if sum(map(text.count, "-_*")) < LEAST_CUT and not _has_many_short_words(text):
        return text, False
    found = text.lower().encode("ascii", "replace").translate(_BETWEEN_WORDS).decode().split()
    # Each cut leaves a piece that is no word, so that a text of ordinary words has none.
    if sum(map(common_words().__contains__, found)) >= WHOLE_SHARE * len(found):
        return text, False
    english = english_words()
    joined = map(add, found, found[1:])
    starts = [
        n for n, word in enumerate(joined) if word in english and not (found[n] in english and found[n + 1] in english)
    ]
    if len(starts) < LEAST_CUT:
        return text, False
    cuts = _cuts(text, starts)
    if len(cuts) < LEAST_CUT or len(cuts) * CUT_SHARE < len(found) - len(cuts):
        return text, False
    for start, end in reversed(cuts):
        text = text[:start] + text[end:]
    return text, True


def _has_many_short_words(text: str) -> bool:
    lengths = word_lengths(text)
    return sum(map(lengths.count, _SHORT)) >= SHORT_SHARE * len(lengths)


def _cuts(text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """Return the separators to remove, after the words with these numbers."""
    places = list(_WORD.finditer(text))
    cuts: list[tuple[int, int]] = []
    used = -1  # number of the last word that was joined
    for n in starts:
        first, second = places[n], places[n + 1]
        is_ending = text[max(0, first.start() - 1) : first.start()] in APOSTROPHES
        if n > used and not is_ending and text[first.end() : second.start()] in SEPARATORS:
            cuts.append((first.end(), second.start()))
            used = n + 1
    return cuts


def separated(text: str) -> tuple[str, bool]:
    """Separate words that were run together, if the text consists of them. Names of programs and variables stay."""
    if len(text) < CHARACTERS_A_SPACE * (text.count(" ") + 1):
        return text, False
    joined = {word: parts for word in JOINED.findall(text) if (parts := _parts(word))}
    missing = [len(parts) - 1 for parts in joined.values()]
    if sum(missing) + (max(missing, default=0) > 1) < MISSING_SPACES:
        return text, False
    letters = sum(map(len, _WORD.findall(_ADDRESS.sub(" ", text))))
    if sum(map(len, joined)) < JOINED_SHARE * letters:
        return text, False
    return JOINED.sub(lambda word: _apart(word, joined.get(word[0])), text), True


def _apart(word: re.Match[str], parts: Sequence[str] | None) -> str:
    """Put spaces between the parts, and before the next word if it follows without one."""
    if parts is None:
        return word[0]
    return " ".join(parts) + " " * word.string[word.end() : word.end() + 1].isalpha()


def _parts(word: str) -> list[str]:
    """Return the words that were run together; empty unless half of them are English words of two letters or more."""
    parts = _words_in_capitals(word) if word.isupper() else _PARTS.findall(word)
    known = sum(len(part) > 1 and part.lower().partition("'")[0] in english_words() for part in parts)
    return parts if len(parts) > 1 and 2 * known >= len(parts) else []


def _words_in_capitals(word: str) -> list[str]:
    """Return the fewest English words that make up a word; only itself if there are none."""
    found: dict[int, list[str]] = {0: []}  # end -> the words up to there
    for end in range(1, len(word) + 1):
        ways = [[*parts, word[n:end]] for n, parts in found.items() if _is_word(word[n:end].lower())]
        if ways:
            found[end] = min(ways, key=len)
    return found.get(len(word), [word])


def _is_word(word: str) -> bool:
    return word in (english_words() if len(word) >= SHORTEST_IN_CAPITALS else common_words())

"""Recognize misspelled and joined English words of an attack: letters left out or exchanged, spaces left out."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from .vocabulary import english_words

#: A shorter misspelling is too often another word or a name.
SHORTEST_MISSPELLED = 4
#: Letters of words that were joined, and of each of their parts. Of the short words only the most frequent are parts.
_JOINED, _LONGEST_JOINED = 7, 40
_SHORT_PARTS = frozenset(
    (
        *("i", "a", "we", "u", "all", "are", "is", "be", "am", "the", "to", "of", "in", "on", "my", "me", "no", "so"),
        *("it", "go", "do", "by", "or", "and", "not", "you", "for"),
    )
)


def _spoiled(word: str) -> Iterator[str]:
    """Yield a word with one letter left out, or two neighbours exchanged. The first letter stays."""
    for n in range(1, len(word)):
        yield word[:n] + word[n + 1 :]
        yield word[:n] + word[n + 1 : n + 2] + word[n] + word[n + 2 :]


def misspellings(listed: Collection[str]) -> Mapping[str, str]:
    """Return the misspellings of words that are no words themselves, each with the word that was meant."""
    english = english_words()
    return {
        spoiled: word
        for word in sorted(listed)
        if word.isascii() and len(word) > SHORTEST_MISSPELLED
        for spoiled in _spoiled(word)
        if spoiled not in english and spoiled not in listed
    }


@cache
def _parts() -> frozenset[str]:
    return frozenset(word for word in english_words() if len(word) > 3) | _SHORT_PARTS


def separated_words(text: str, listed: Collection[str]) -> tuple[str, ...]:
    """Return the words of a run of letters that consists of English and listed words only; () if there are none."""
    if not _JOINED <= len(text) <= _LONGEST_JOINED or not text.isascii() or text in english_words():
        return ()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(text)
    parts = _parts()
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 16), end):
            before, part = best[start], text[start:end]
            if before is not None and (part in parts or (len(part) > 3 and part in listed)):
                ways = (*before, part)
                now = best[end]
                if now is None or len(ways) < len(now):
                    best[end] = ways
    return best[-1] or ()

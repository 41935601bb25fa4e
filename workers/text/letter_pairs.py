"""Recognize text of random letters by its pairs of letters, in Latin and Cyrillic script.

`training.letter_pairs` writes the table. It contains frequencies of letter pairs in some thirty languages together, so
that no language is implausible.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from .memo import WordCache
from .normalization import Folded
from .tokens import is_clearly_english, squeezed, without_addresses, words

_LATIN, _CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґђјљњћџў"
#: Words of these letters only; a dash is where a word begins or ends.
BOUNDARY = "-"
ALPHABETS = (BOUNDARY + _LATIN, BOUNDARY + _CYRILLIC)
_ONE_SCRIPT = re.compile(f"[{_LATIN}]+|[{_CYRILLIC}]+")
#: Half bits below the highest frequency of a pair in the table: "0" is the most frequent, "z" never occurred.
RARENESS_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: Mean rareness of a text's pairs from which it is gibberish; and of a word's pairs from which it is implausible.
#: Honest comments reach 9.5, random letters seldom fall below 11.
GIBBERISH, IMPLAUSIBLE = 10.3, 10.0
#: Letters that a text needs, and the share of them in implausible words. Laughter is often typed at random.
LEAST_LETTERS, LEAST_SHARE = 30, 0.55
#: Share of letters among the characters that are no space. Commands and code have more signs.
LEAST_LETTER_SHARE = 0.9
#: Words of fewer different letters are laughter or drawn out. Only the first letters of a long word are looked at.
FEW_LETTERS, _MAX_LETTERS = 4, 400


@cache
def _table() -> Mapping[str, int]:
    """Return the rareness of each pair of letters."""
    lines = files(__package__).joinpath("letter_pairs.txt").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line[0] != "#"]
    table: dict[str, int] = {}
    for alphabet, row in zip(ALPHABETS, rows, strict=True):
        pairs = (first + second for first in alphabet for second in alphabet)
        table |= {pair: RARENESS_DIGITS.index(digit) for pair, digit in zip(pairs, row, strict=True)}
    return table


def _rareness(word: str) -> tuple[int, int]:
    """Return the sum of the rareness of a word's pairs, and their number; nothing for laughter and other scripts."""
    word = word[:_MAX_LETTERS]
    if not _ONE_SCRIPT.fullmatch(word) or (len(word) > FEW_LETTERS and len(set(word)) < FEW_LETTERS):
        return 0, 0
    marked, table = f"{BOUNDARY}{word}{BOUNDARY}", _table()
    return sum([table[marked[n : n + 2]] for n in range(len(marked) - 1)]), len(marked) - 1


_rareness_of = WordCache(_rareness)


def is_gibberish(folded: Folded) -> bool:
    """Decide if most of a text is random letters. Words with digits, addresses and other scripts do not count."""
    text = folded.text
    if len(text) < LEAST_LETTERS or is_clearly_english(text):
        return False
    found = words(squeezed(without_addresses(text), 1))
    of_words = list(map(_rareness_of.__getitem__, found))
    pairs = sum([n for _, n in of_words])
    if sum([rareness for rareness, _ in of_words]) < GIBBERISH * pairs or pairs < LEAST_LETTERS:
        return False
    if sum(map(len, found)) < LEAST_LETTER_SHARE * sum(map(len, text.split())):
        return False
    return sum(n for rareness, n in of_words if rareness >= IMPLAUSIBLE * n) >= LEAST_SHARE * pairs

"""`python -m training.letter_pairs DATA_DIR`: write the table of letter pairs that shows which text is gibberish.

The pairs are counted in texts that may be used for it: functional tests in ten languages (CC BY 4.0), Russian chats
(MIT), English comments (CC0 and other free ones), and the word lists of this project in more than forty languages.
"""

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from workers.text.letter_pairs import ALPHABETS, BOUNDARY, RARENESS_DIGITS
from workers.text.normalization import fold
from workers.text.tokens import words

from . import corpora

FOLDER = Path(__file__).parents[1]
FILE = FOLDER / "workers" / "text" / "letter_pairs.txt"
LISTS = ("function_words.txt", "profanity_words.txt")
MULTILINGUAL, RUSSIAN = "v2/toxic/tox_mhc.jsonl", "v2/labelled/tg_ru_parish.jsonl"
#: Weights of a text, so that all languages count and not only English.
MULTILINGUAL_WEIGHT, ENGLISH_WEIGHT, LIST_WEIGHT = 3.0, 0.3, 6.0
#: Added to each count.
SMOOTHING = 0.02


def _texts(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield texts with a weight."""
    for path in (MULTILINGUAL, RUSSIAN):
        for line in (folder / path).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["label"] != "spam":
                yield row["text"], MULTILINGUAL_WEIGHT
    for corpus in corpora.CORPORA:
        if corpus.free:
            yield from ((e.text, ENGLISH_WEIGHT) for e in corpora.read(folder, corpus) if not e.spam)
    for name in LISTS:
        for line in (FOLDER / "workers" / "text" / name).read_text(encoding="utf-8").splitlines():
            if line and line[0] != "#":
                yield line.partition(": ")[2].replace("*", ""), LIST_WEIGHT


def _counts(folder: Path) -> Mapping[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for text, weight in _texts(folder):
        for word in words(fold(text).text):
            marked = f"{BOUNDARY}{word}{BOUNDARY}"
            for n in range(len(marked) - 1):
                found[marked[n : n + 2]] += weight
    return found


def row(counts: Mapping[str, float], alphabet: str) -> str:
    """Return a digit for each pair: its frequency after its first letter, in half bits below certainty."""
    digits = []
    for first in alphabet:
        after = [counts.get(first + second, 0.0) for second in alphabet]
        every = sum(after) + SMOOTHING * len(alphabet)
        digits += [min(len(RARENESS_DIGITS) - 1, round(-2 * math.log2((n + SMOOTHING) / every))) for n in after]
    return "".join(RARENESS_DIGITS[digit] for digit in digits)


def main(arguments: list[str]) -> int:
    """Write the file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.letter_pairs DATA_DIR\n")
        return 2
    counts = _counts(Path(arguments[0]))
    head = "# Frequencies of letter pairs; see workers/text/letter_pairs.py. Written by training.letter_pairs.\n"
    FILE.write_text(head + "".join(f"{row(counts, alphabet)}\n" for alphabet in ALPHABETS), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

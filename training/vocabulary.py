"""`python -m training.vocabulary DATA_DIR`: write the Bloom filter of common English words.

The words are those of the freely licensed corpora, of news comments under CC0, and of the templates.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workers.text.vocabulary import BITS, bit_positions

from . import corpora, generate

FILE = Path(__file__).parents[1] / "workers" / "text" / "english.bin"
CIVIL = "v2/toxic/tox_civil_spans.jsonl"
WORD = re.compile(r"[a-z]+")
#: Texts that a word must be in. Short strings are often fragments or abbreviations.
LEAST, SHORT, LEAST_SHORT = 2, 3, 40


def _texts(folder: Path) -> Iterator[str]:
    for line in (folder / CIVIL).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["text"]
    for corpus in corpora.CORPORA:
        if corpus.free:
            yield from (example.text for example in corpora.read(folder, corpus))


def vocabulary(folder: Path) -> frozenset[str]:
    """Return the words: those of several texts, and those of the templates."""
    seen = Counter(word for text in _texts(folder) for word in set(WORD.findall(text.lower())))
    for file in (*generate.HONEST_TEXT, *generate.SPAM_TEXT):
        seen.update(dict.fromkeys(WORD.findall(file.read_text(encoding="utf-8").lower()), LEAST))
    common = (w for w, n in seen.items() if n >= (LEAST if len(w) > SHORT else LEAST_SHORT))
    return frozenset(w for w in common if len(w) > 1) | {"a", "i"}


def main(arguments: list[str]) -> int:
    """Write the file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.vocabulary DATA_DIR\n")
        return 2
    bits, words = bytearray(BITS // 8), vocabulary(Path(arguments[0]))
    for word in words:
        for at in bit_positions(word):
            bits[at >> 3] |= 1 << (at & 7)
    FILE.write_bytes(bytes(bits))
    sys.stdout.write(f"{FILE.name}: {len(words)} words\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

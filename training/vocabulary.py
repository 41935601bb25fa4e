"""`python -m training.vocabulary DATA_DIR`: write the list of common English words.

The words are those of the freely licensed corpora, of news comments under CC0, and of the templates.
"""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from . import corpora, generate

FILE = Path(__file__).parents[1] / "workers" / "text" / "english.gz"
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


def vocabulary(folder: Path) -> list[str]:
    """Return the words of several texts and those of the templates, the most frequent first."""
    seen = Counter(word for text in _texts(folder) for word in set(WORD.findall(text.lower())))
    for file in (*generate.HONEST_TEXT, *generate.SPAM_TEXT):
        seen.update(dict.fromkeys(WORD.findall(file.read_text(encoding="utf-8").lower()), LEAST))
    common = (w for w, n in seen.items() if n >= (LEAST if len(w) > SHORT else LEAST_SHORT))
    words = {word for word in common if len(word) > 1} | {"a", "i"}
    return sorted(words, key=lambda word: (-seen[word], word))


def main(arguments: list[str]) -> int:
    """Write the file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.vocabulary DATA_DIR\n")
        return 2
    words = vocabulary(Path(arguments[0]))
    FILE.write_bytes(gzip.compress("\n".join(words).encode("ascii"), mtime=0))
    sys.stdout.write(f"{FILE.name}: {len(words)} words\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Count the honest comments that the grammar of threats holds, by source. Nothing of the grammar is fitted.

    python -m bench.honest_threats DATA_DIR

It reads all labelled sources of comments, and the first 30,000 comments of the unlabelled ones below videos.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from workers.text.foreign_threats import foreign_threat

VIDEO_COMMENTS = 30_000


def honest_texts(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each source with the texts of its honest comments."""
    for file in sorted([*folder.glob("labelled/*.jsonl"), *folder.glob("v2/labelled/*.jsonl")]):
        with file.open(encoding="utf-8") as lines:
            yield file.stem, [row["text"] for row in map(json.loads, lines) if row["label"] != "spam"]
    for file in sorted(folder.glob("unlabelled/*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as packed:
            yield f"{file.stem}, unlabelled", [json.loads(line)["text"] for line in islice(packed, VIDEO_COMMENTS)]


def main() -> None:
    print("| source | honest comments | held as threats |")
    print("|-|-|-|")
    for source, texts in honest_texts(Path(sys.argv[1])):
        held = [found for found in map(foreign_threat, texts) if found]
        print(f"| {source} | {len(texts)} | {len(held)} {'; '.join(held)} |")


if __name__ == "__main__":
    main()

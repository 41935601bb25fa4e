"""Count how many comments of each labelled source have each signal about the author's website and name.

    python -m bench.websites DATA_DIR

Only sources with a website or a signal are printed. The trade words were
written from general knowledge and not taken from these files.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from comments.model import Comment
from comments.site import Site
from workers.filters import Facts
from workers.filters.website import WebsiteFilter

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FACTS = Facts(Site("blog", "A blog", NOW), NOW)
#: Signals that need no earlier comments.
NAMES = ("name.words", "name.host", "website.words", "website.ending", "website.profile")


def rows(folder: Path) -> Iterator[dict[str, str]]:
    for path in sorted([*folder.glob("labelled/*.jsonl"), *folder.glob("v2/labelled/*.jsonl")]):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def main() -> None:
    total: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str], Counter[str]] = {}
    check = WebsiteFilter()
    for row in rows(Path(sys.argv[1])):
        group = (row["label"], row["source"])
        comment = Comment("", "", "", NOW, author=row.get("author") or "", url=row.get("url") or "")
        total[group] += 1
        names = [signal.name for signal in check(comment, FACTS)]
        found.setdefault(group, Counter()).update([*names, "website"] if comment.url else names)
    print(f"{'of 1,000':34}{'n':>6}" + "".join(f"{name:>17}" for name in ("website", *NAMES)))
    for group, counts in sorted(found.items()):
        if counts:
            cells = "".join(f"{1000 * counts[name] / total[group]:>17.1f}" for name in ("website", *NAMES))
            print(f"{group[0]:6}{group[1]:28}{total[group]:>6}{cells}")


if __name__ == "__main__":
    main()

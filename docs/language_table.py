"""Writes the table of languages into docs/languages.md: `python -m docs.language_table`.

A test compares the page with the files in `comments/locales`.
"""

import re
from pathlib import Path

from comments.translations import translations

PAGE = Path(__file__).parent / "languages.md"
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


def markdown_table() -> str:
    """One row per language, English first."""
    rows = ["| Tag | Language | Reviewed by |", "|---|---|---|"]
    for tag, found in translations().items():
        rows.append(f"| `{tag}` | {found.name} | {found.reviewed_by or 'nobody yet'} |")
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """The page with the table as it should be."""
    before, heading, after = text.partition("## Included languages")
    return before + heading + TABLE.sub(lambda _: markdown_table(), after, count=1)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

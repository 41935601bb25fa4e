"""Writes the table of site settings into docs/configuration.md: `python -m docs.site_settings`.

A test compares the page with the settings that `comments.site` declares.
"""

import re
from pathlib import Path

from service.sites.settings import markdown_table

PAGE = Path(__file__).parent / "configuration.md"


def with_table(text: str) -> str:
    """The page with the table as it should be."""
    before, heading, after = text.partition("## Site settings")
    return before + heading + re.sub(r"(?:^\|.*\n)+", lambda _: markdown_table(), after, count=1, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""Writes the inventory of personal data into docs/privacy.md: `python -m docs.privacy_table`.

A test compares the page with the declarations of the keys.
"""

import re
from pathlib import Path

from comments.storage.keys import DECLARATIONS, Keys

from .export_table import key_pattern

PAGE = Path(__file__).parent / "privacy.md"


def inventory() -> str:
    """Return the table of all keys with personal data."""
    rows = ["| Key | Personal data | Kept |", "|---|---|---|"]
    for name, declared in DECLARATIONS.items():
        if declared.personal:
            lifetime = str(getattr(Keys, name).__doc__).strip().rstrip(".").rpartition("; ")[2]
            rows.append(f"| `{key_pattern(name)}` | {declared.personal} | {lifetime} |")
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """Return the page with the table as it should be."""
    before, heading, after = text.partition("## Inventory")
    return before + heading + re.sub(r"(?:^\|.*\n)+", lambda _: inventory(), after, count=1, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

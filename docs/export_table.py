"""Writes the table of exported data into docs/export.md: `python -m docs.export_table`.

A test compares the page with the declarations in `comments.storage.keys`.
"""

import inspect
import re
from pathlib import Path

from comments.pseudonyms import digest
from comments.storage.keys import DECLARATIONS, ExportClass, Keys

PAGE = Path(__file__).parent / "export.md"


def markdown_table() -> str:
    """One row per key: exported ones first."""
    rows = ["| Key | What it has | In an export |", "|---|---|---|"]
    for export in ExportClass:
        for name, declared in DECLARATIONS.items():
            if declared.export is export:
                what = str(getattr(Keys, name).__doc__).split(";")[1].strip()
                secrets = f"; secret: {declared.left_out}" if declared.left_out else ""
                rows.append(f"| `{key_pattern(name)}` | {what} | {export}{secrets} |")
    return "\n".join(rows) + "\n"


def key_pattern(name: str) -> str:
    method = getattr(Keys("rg"), name)
    parameters = {p: "{site}" if p == "site" else f"<{p}>" for p in inspect.signature(method).parameters}
    form = str(method(**parameters))
    for shown in parameters.values():
        form = form.replace(digest(shown), shown)
    return form.replace("{{site}}", "{site}")


def with_table(text: str) -> str:
    """The page with the table as it should be."""
    before, heading, after = text.partition("## Every key")
    return before + heading + re.sub(r"(?:^\|.*\n)+", lambda _: markdown_table(), after, count=1, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

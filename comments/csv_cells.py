"""Cells of CSV files that spreadsheets open: text that looks like a formula gets an apostrophe, as OWASP recommends."""

import re

#: A spreadsheet takes a cell that begins with one of these for a formula. Apostrophes before it are counted too, so
#: that each escaped cell is the escape of one text only.
_FORMULA = re.compile("'* *[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def escaped_cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped_cell(text: str) -> str:
    """Return the text of a cell that `escaped_cell` made."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text

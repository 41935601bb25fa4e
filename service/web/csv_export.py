"""CSV files that spreadsheets open without running formulas."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

from comments.csv_cells import escaped_cell

#: Numbers stay numbers; None is an empty cell.
Cell = str | int | float | None


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return the rows as CSV (RFC 4180). Text that looks like a formula gets an apostrophe, as OWASP recommends."""
    text = StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return escaped_cell(cell.replace("\0", ""))


def csv_response(name: str, rows: Iterable[Sequence[Cell]]) -> Response:
    answer = Response(csv_text(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer

"""Format tables for a terminal."""

from collections.abc import Sequence


def columns(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Align the cells in columns, numbers to the right."""
    cells = [list(head), *([_text(value) for value in row] for row in rows)]
    right = [all(isinstance(value, int | float) for value in column) for column in zip(*rows, strict=True)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right or [False] * len(head), strict=True)
        ).rstrip()
        for line in cells
    )


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)

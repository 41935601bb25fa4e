"""Read large JSON in flat memory: JSON lines, and the elements of the lists in one large object."""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from .export_files import MAX_JSON_LINE, ExportReader, ExportUnreadable

#: Errors of JSON that is damaged, or nested so deeply that it is meant to do harm.
BAD_JSON = (ValueError, RecursionError)
_SPACE = " \t\r\n"


def object_in(text: bytes | str) -> dict[str, Any] | None:
    """Return the object in a line; None for anything else."""
    try:
        found = json.loads(text)
    except BAD_JSON:
        return None
    return found if isinstance(found, dict) else None


def text_of(row: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that is a text and not empty, without halves of characters; "" for none."""
    found = next((value for name in names if isinstance(value := row.get(name), str) and value), "")
    return found.encode("utf-8", "replace").decode()


def whole_number_of(row: dict[str, Any], name: str) -> int:
    value = row.get(name)
    return int(value) if isinstance(value, int | float) and abs(value) < 10**9 else 0


class JsonListReader:
    """Reads one object, and yields the elements of its lists with the name of their list, and its other values."""

    def __init__(self, file: ExportReader) -> None:
        self._pieces = file.pieces()
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._json = json.JSONDecoder()
        self._text, self._at = "", 0

    def elements(self) -> Iterator[tuple[str, Any]]:
        """Raises ExportUnreadable after the elements before the fault."""
        self._expect("{")
        while (mark := self._next()) != "}":
            if mark == ",":
                self._at += 1
                continue
            name = self._value()
            self._expect(":")
            if not isinstance(name, str):
                raise self._damaged()
            if self._next() != "[":
                yield name, self._value()
                continue
            self._at += 1
            while (mark := self._next()) != "]":
                if mark == ",":
                    self._at += 1
                else:
                    yield name, self._value()
            self._at += 1

    def _damaged(self) -> ExportUnreadable:
        return ExportUnreadable("The JSON is damaged or cut off. Export the comments again.")

    def _more(self) -> bool:
        """Read another piece; False at the end of the file."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._text, self._at = self._text[self._at :] + self._decoder.decode(piece), 0
        return True

    def _next(self) -> str:
        """Return the next character that is not a space. Raises ExportUnreadable at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise self._damaged()

    def _expect(self, mark: str) -> None:
        if self._next() != mark:
            raise self._damaged()
        self._at += 1

    def _value(self) -> Any:
        """Read the value that begins next. A value that is not complete yet needs more text, up to a limit."""
        self._next()
        tried, is_last = 0, False
        while True:
            length = len(self._text) - self._at
            is_too_long = length > MAX_JSON_LINE
            # Doubling the text before the next try keeps the cost of long values linear. The end has no next try.
            if is_last or is_too_long or length >= 2 * tried:
                tried = length
                try:
                    value, end = self._json.raw_decode(self._text, self._at)
                except RecursionError:
                    raise ExportUnreadable("The JSON is nested too deeply. This is not such an export.") from None
                except ValueError:
                    end = len(self._text)
                if end < len(self._text):  # a number at the very end may go on
                    self._at = end
                    return value
            if is_too_long:
                raise ExportUnreadable(
                    f"A value has more than {MAX_JSON_LINE // 2**20} MiB. This is not such an export."
                )
            if is_last:
                raise self._damaged()
            is_last = not self._more()

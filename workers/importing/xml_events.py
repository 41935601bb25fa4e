"""Read XML in pieces with expat, without entities: the elements of large exports, in flat memory.

A document type is refused, so no entity can be declared: neither nested ones (billion laughs) nor external ones.
Characters that XML does not allow are removed: WordPress writes them as people typed them.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from xml.parsers import expat

from .export_files import ExportUnreadable

#: Characters kept of one element. A field is cut there: no person writes a comment of that length.
MAX_TEXT = 200_000
#: Elements inside each other. Exports have six levels.
MAX_LEVELS = 64
#: Attributes of an element, and characters of them. Exports have at most two short ones.
MAX_ATTRIBUTES, MAX_ATTRIBUTE = 16, 4_000

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Row = TypeVar("Row")


@dataclass
class Element:
    """An open element: its name with the prefix of `names`, its attributes and its text up to now."""

    name: str
    attributes: Mapping[str, str]
    pieces: list[str] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)[:MAX_TEXT]

    @property
    def is_cut(self) -> bool:
        return self.length > MAX_TEXT


class XmlReader(Generic[Row]):
    """Calls `begin` and `end` for elements, and yields the rows that these return.

    `names` maps the beginning of a namespace's address to the prefix that stands for it.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        begin: Callable[[Element], Row | None],
        end: Callable[[Element], Row | None],
    ) -> None:
        self._names, self._begin, self._end = names, begin, end
        self._open: list[Element] = []
        self._rows: list[Row] = []
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._finish
        self._parser.CharacterDataHandler = self._add_text
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse

    def rows(self, pieces: Iterable[bytes]) -> Iterator[Row]:
        """Raises ExportUnreadable after the rows before the fault."""
        try:
            for text in clean_pieces(pieces):
                self._parser.Parse(text, False)
                yield from self._taken()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            yield from self._taken()
            place = f"line {error.lineno}, column {error.offset + 1}"
            raise ExportUnreadable(
                f"The XML is damaged or cut off at {place}: {expat.ErrorString(error.code)}."
            ) from error
        yield from self._taken()

    def _taken(self) -> list[Row]:
        taken, self._rows = self._rows, []
        return taken

    def _short(self, name: str) -> str:
        address, _, local = name.rpartition(" ")
        return next((f"{short}{local}" for start, short in self._names.items() if address.startswith(start)), local)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) >= MAX_LEVELS:
            raise ExportUnreadable(f"Elements are nested more than {MAX_LEVELS} levels deep. No export is.")
        if len(attributes) > MAX_ATTRIBUTES or any(len(value) > MAX_ATTRIBUTE for value in attributes.values()):
            raise ExportUnreadable("An element has very large attributes. This is not such an export.")
        element = Element(self._short(name), {self._short(key): value for key, value in attributes.items()})
        self._open.append(element)
        self._keep(self._begin(element))

    def _finish(self, _name: str) -> None:
        self._keep(self._end(self._open.pop()))

    def _add_text(self, text: str) -> None:
        element = self._open[-1]
        if element.length <= MAX_TEXT:
            element.pieces.append(text)
            element.length += len(text)

    def _keep(self, row: Row | None) -> None:
        if row is not None:
            self._rows.append(row)

    def _refuse(self, *_: object) -> None:
        raise ExportUnreadable("The file has a document type or entities. No export has them, and they can do harm.")


def clean_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Return the text as UTF-8, without characters that XML does not allow."""
    decoder: codecs.IncrementalDecoder | None = None
    for piece in pieces:
        if decoder is None:
            piece = piece.lstrip(b" \t\r\n")  # a declaration of XML has to come first
            decoder = codecs.getincrementaldecoder(_encoding(piece))("replace")
        if text := decoder.decode(piece):
            yield _NOT_XML.sub("", text).encode()
    if decoder is not None and (text := decoder.decode(b"", True)):
        yield text.encode()


def _encoding(start: bytes) -> str:
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    named = _ENCODING.match(start)
    name = named[1].decode() if named else "utf-8"
    try:
        info = codecs.lookup(name)
        "<".encode(name)
    except (LookupError, ValueError, TypeError, AssertionError) as error:
        raise ExportUnreadable(f"The encoding {name} is not known. Save the file as UTF-8.") from error
    return info.name

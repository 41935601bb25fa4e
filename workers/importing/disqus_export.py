"""The XML export of Disqus: all threads, then all posts. Ids are in attributes."""

from collections.abc import Iterator, Mapping
from html import unescape

from .export_files import ExportReader, ExportUnreadable
from .source_rows import (
    SourceComment,
    SourceName,
    SourcePage,
    SourceRow,
    SourceStatus,
    TextForm,
    UnreadableRow,
    utc_time,
)
from .xml_events import Element, XmlReader

_NAMES = {"http://disqus.com/disqus-internals": "dsq:", "http://disqus.com": ""}

_FIELDS = frozenset(
    {"id", "link", "title", "isClosed", "isDeleted", "isSpam", "message", "createdAt", "author.name", "author.email",
     "ipAddress"}
)  # fmt: skip


def read_disqus(file: ExportReader) -> Iterator[SourceRow]:
    """Yield each thread and each post. Raises ExportUnreadable."""
    reader = _DisqusReader()
    yield from reader.xml.rows(file.pieces())
    if not reader.is_disqus:
        raise ExportUnreadable("This is not an export of Disqus: it does not begin with the element disqus.")


class _DisqusReader:
    def __init__(self) -> None:
        self.xml: XmlReader[SourceRow] = XmlReader(_NAMES, self._begin, self._end)
        self.is_disqus = False
        self._row: dict[str, str] | None = None
        self._within: list[str] = []
        self._is_cut = False
        self._has_name = False

    def _begin(self, element: Element) -> None:
        self.is_disqus = self.is_disqus or element.name == "disqus"
        if self._row is not None:
            self._within.append(element.name)
            if element.name in ("thread", "parent") and (id := element.attributes.get("dsq:id")):
                self._row[f"{element.name}@"] = id
        elif element.name in ("thread", "post"):
            self._row, self._within, self._is_cut = {"@": element.attributes.get("dsq:id", "")}, [], False

    def _end(self, element: Element) -> SourceRow | None:
        if self._row is None:
            return None
        if self._within:
            name = ".".join(self._within)
            if name in _FIELDS:
                self._row[name] = element.text
            self._within.pop()
            self._is_cut = self._is_cut or element.is_cut
            if name == "forum" and not self._has_name:
                self._has_name = True
                return SourceName(element.text.strip())
            return None
        row, self._row = self._row, None
        return self._post(row) if element.name == "post" else _thread(row)

    def _post(self, row: Mapping[str, str]) -> SourceRow:
        # Old exports have posts without an internal id: their own id stands in.
        id = row["@"] or row.get("id", "").strip()
        if not id:
            return UnreadableRow(f"a post of {row.get('createdAt', '')}", "it has no id")
        status = SourceStatus.APPROVED
        if _is_true(row.get("isSpam")):
            status = SourceStatus.SPAM
        elif _is_true(row.get("isDeleted")):
            status = SourceStatus.DELETED
        return SourceComment(
            id=id,
            page=row.get("thread@", ""),
            content=row.get("message", ""),
            received=utc_time(row.get("createdAt", "")),
            form=TextForm.HTML,
            status=status,
            parent=row.get("parent@", ""),
            author=row.get("author.name", ""),
            email=row.get("author.email", ""),
            ip=row.get("ipAddress", "").strip(),
            cut=self._is_cut,
        )


def _thread(row: Mapping[str, str]) -> SourceRow:
    if not row["@"]:
        return UnreadableRow(f"a thread {row.get('link', '')[:80]}", "it has no id")
    return SourcePage(
        key=row["@"],
        link=row.get("link", "").strip() or row.get("id", "").strip(),
        title=unescape(row.get("title", "")),  # it is encoded twice
        closed=_is_true(row.get("isClosed")),
        public=not _is_true(row.get("isDeleted")),
    )


def _is_true(text: str | None) -> bool:
    return (text or "").strip().lower() in ("true", "1")

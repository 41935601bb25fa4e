"""WXR, the export of WordPress: RSS with the comments inside each page. Disqus imports the same format."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

from .export_files import ExportReader, ExportUnreadable
from .source_rows import (
    CommentKind,
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

#: Any version of the namespace; the number is at its end.
_NAMES = {
    "http://wordpress.org/export/": "wp:",
    "http://www.disqus.com": "dsq:",
    "http://purl.org/": "other:",
    "http://wellformedweb.org/": "other:",
}
_STATUSES = {
    "1": SourceStatus.APPROVED, "approve": SourceStatus.APPROVED, "approved": SourceStatus.APPROVED,
    "0": SourceStatus.PENDING, "hold": SourceStatus.PENDING,
    "spam": SourceStatus.SPAM,
    "trash": SourceStatus.TRASH, "post-trashed": SourceStatus.TRASH,
}  # fmt: skip
#: Statuses of pages that anybody can read. Attachments have that of their page.
_INHERITED = "inherit"
_PUBLIC = ("publish", _INHERITED, "")
#: Statuses of other pages. Plugins add more.
_NOT_PUBLIC = ("draft", "pending", "private", "future", "trash", "auto-draft")
#: Types of comments that readers write. Plugins add others for their own notes, such as those about an order.
_BY_READERS = ("", "comment", "review")
#: Longest word of a plugin that is quoted.
_LONGEST_WORD = 40
_TIME = "%Y-%m-%d %H:%M:%S"


def read_wxr(file: ExportReader) -> Iterator[SourceRow]:
    """Yield each comment, and each page after its comments. Raises ExportUnreadable."""
    reader = _WxrReader()
    yield from reader.xml.rows(file.pieces())
    if not reader.is_wxr:
        raise ExportUnreadable(
            "This is not a WordPress export: it has no RSS channel. Use Tools > Export in WordPress."
        )


class _WxrReader:
    def __init__(self) -> None:
        self.xml: XmlReader[SourceRow] = XmlReader(_NAMES, self._begin, self._end)
        self.is_wxr = False
        self._page: dict[str, str] | None = None
        self._comment: dict[str, str] | None = None
        self._is_cut = False
        self._staff: set[str] = set()
        self._ahead = timedelta()  # local time of the site, minus UTC

    def _begin(self, element: Element) -> None:
        if element.name == "channel":
            self.is_wxr = True
        elif element.name == "item":
            self._page = {}
        elif element.name == "wp:comment":
            self._comment, self._is_cut = {}, False

    def _end(self, element: Element) -> SourceRow | None:
        name = element.name
        if name == "wp:comment" and self._comment is not None:
            comment, self._comment = self._comment, None
            return self._comment_row(comment, self._page or {})
        elif self._comment is not None:
            if name not in _COMMENT_FIELDS:
                return None
            self._comment[name.removeprefix("wp:")] = element.text
            self._is_cut = self._is_cut or element.is_cut
        elif name == "item" and self._page is not None:
            page, self._page = self._page, None
            return _page_row(page)
        elif self._page is not None:
            if name in _PAGE_FIELDS:
                self._page.setdefault(name.removeprefix("wp:"), element.text.strip())
        elif name == "wp:author_id":
            self._staff.add(element.text.strip())
        elif name == "wp:base_blog_url":
            return _source_name(element.text)
        return None

    def _comment_row(self, fields: Mapping[str, str], page: Mapping[str, str]) -> SourceRow:
        id, parent = fields.get("comment_id", "").strip(), fields.get("comment_parent", "").strip()
        if not id:
            return UnreadableRow(f"a comment of {_page_key(page)}", "it has no id")
        status, kind = fields.get("comment_approved", "").strip(), fields.get("comment_type", "").strip()
        return SourceComment(
            id=id,
            page=_page_key(page),
            content=fields.get("comment_content", ""),
            received=self._time(fields),
            form=TextForm.HTML_LINES,
            status=_STATUSES.get(status, SourceStatus.PENDING),
            unknown_status="" if status in _STATUSES else _word(status),
            kind=_kind(kind),
            other_kind=_word(kind) if _kind(kind) is CommentKind.OTHER else "",
            has_rating=kind == "review",
            parent="" if parent == "0" else parent,
            # WordPress stores these as it writes them into pages.
            author=unescape(fields.get("comment_author", "")),
            email=fields.get("comment_author_email", ""),
            url=unescape(fields.get("comment_author_url", "")),
            ip=fields.get("comment_author_IP", "").strip(),
            user_agent=fields.get("comment_agent", ""),
            is_staff=fields.get("comment_user_id", "0").strip() in self._staff,
            cut=self._is_cut,
        )

    def _time(self, fields: Mapping[str, str]) -> datetime | None:
        """Return the time. Old comments have no UTC time: the offset of the last comment that has both stands in."""
        utc, local = (utc_time(fields.get(name, ""), _TIME) for name in ("comment_date_gmt", "comment_date"))
        if utc and local and abs(local - utc) < timedelta(days=1):
            self._ahead = local - utc
        return utc or (local and local - self._ahead)


_COMMENT_FIELDS = frozenset(
    f"wp:comment_{name}"
    for name in ("id", "author", "author_email", "author_url", "author_IP", "agent", "date", "date_gmt", "content",
                 "approved", "type", "parent", "user_id")
)  # fmt: skip
_PAGE_FIELDS = frozenset(
    {"title", "link", "guid", "wp:post_id", "wp:post_parent", "wp:status", "wp:comment_status", "wp:post_password",
     "wp:post_type", "dsq:thread_identifier"}
)  # fmt: skip


def _kind(type: str) -> CommentKind:
    if type in _BY_READERS:
        return CommentKind.COMMENT
    return CommentKind(type) if type in (CommentKind.PINGBACK, CommentKind.TRACKBACK) else CommentKind.OTHER


def _word(text: str) -> str:
    """Return the word of a plugin, to show."""
    return "".join(char for char in text if char.isprintable())[:_LONGEST_WORD] or "empty"


def _page_key(page: Mapping[str, str]) -> str:
    """Return the id with the address: in files that were joined, pages of two blogs have the same id."""
    link = page.get("link") or page.get("dsq:thread_identifier") or ""
    return f"{page['post_id']} {link}" if page.get("post_id") else link


def _page_row(page: Mapping[str, str]) -> SourcePage:
    status = page.get("status", "")
    return SourcePage(
        key=_page_key(page),
        link=page.get("link") or page.get("guid") or page.get("dsq:thread_identifier") or "",
        title=unescape(page.get("title", "")),
        closed=page.get("comment_status") == "closed",
        public=status in _PUBLIC and not page.get("post_password"),
        unknown_status="" if status in (*_PUBLIC, *_NOT_PUBLIC) else _word(status),
        id=page.get("post_id", ""),
        above=page.get("post_parent", "") if status == _INHERITED else "",
    )


def _source_name(address: str) -> SourceName:
    """Name the blog by its address, without what changes when it moves to https."""
    parts = urlsplit(address.strip())
    return SourceName(f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}")

"""The backup of Remark42: JSON lines. The first describes users and pages, each other one is a comment."""

from collections.abc import Iterator
from html import unescape
from typing import Any

from .export_files import ExportReader, ExportUnreadable
from .json_rows import object_in, text_of, whole_number_of
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


def read_remark42(file: ExportReader) -> Iterator[SourceRow]:
    """Yield each page when it appears first, and each comment. Raises ExportUnreadable."""
    lines = (line for line in file.lines() if line.strip())
    header = object_in(next(lines, b""))
    if header is None or not isinstance(header.get("posts", []), list) or "version" not in header:
        raise ExportUnreadable(
            "This is not a backup of Remark42: its first line has no version. Use `backup` to make one."
        )
    if header["version"] not in (0, 1):
        raise ExportUnreadable(
            f"This backup has the version {str(header['version'])[:20]}; versions 0 and 1 can be read."
        )
    closed = {
        text_of(post, "url") for post in header.get("posts") or [] if isinstance(post, dict) and post.get("read_only")
    }
    seen: set[int] = set()
    for n, line in enumerate(lines, 2):
        row = object_in(line)
        comment = _comment(row) if row else None
        if row is None or comment is None:
            yield UnreadableRow(f"line {n}", "it is no comment of Remark42")
            continue
        if not seen:
            yield SourceName(text_of(row["locator"], "site"))
        # The hash of an address takes less memory than the address. A collision costs a title.
        if hash(comment.page) not in seen:
            seen.add(hash(comment.page))
            yield SourcePage(comment.page, comment.page, unescape(text_of(row, "title")), comment.page in closed)
        yield comment


def _comment(row: dict[str, Any]) -> SourceComment | None:
    user, locator = row.get("user"), row.get("locator")
    id = text_of(row, "id")
    if not id or not isinstance(user, dict) or not isinstance(locator, dict) or not text_of(locator, "url"):
        return None
    is_deleted = row.get("delete") is True
    return SourceComment(
        id=id,
        page=text_of(locator, "url"),
        content=text_of(row, "text"),
        received=utc_time(text_of(row, "time")),
        form=TextForm.HTML,
        status=SourceStatus.DELETED if is_deleted else SourceStatus.APPROVED,
        parent=text_of(row, "pid"),
        author=unescape(text_of(user, "name")),  # it is stored as it is written into pages
        is_staff=user.get("admin") is True,
        votes=whole_number_of(row, "score"),
    )

"""The JSON exports of Commento (version 1) and Comentario (versions 1 and 3)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .export_files import ExportReader, ExportUnreadable
from .json_rows import JsonListReader, text_of, whole_number_of
from .source_rows import SourceComment, SourceName, SourcePage, SourceRow, SourceStatus, UnreadableRow, utc_time

#: People and pages of one export that are kept in memory.
_MAX_KEPT = 200_000
_STATES = {
    "approved": SourceStatus.APPROVED,
    "unapproved": SourceStatus.PENDING,
    "flagged": SourceStatus.PENDING,
}

_Row = dict[str, Any]


def read_commento(file: ExportReader) -> Iterator[SourceRow]:
    """Yield each page and each comment. Raises ExportUnreadable.

    The file is read twice, because the people come after the comments.
    """
    version, people, pages = _kept_parts(file)
    if version not in (1, 3):
        raise ExportUnreadable("This is not an export of Commento or Comentario: its version is not 1 or 3.")
    for key, page in pages.items():
        yield SourcePage(key, text_of(page, "path"), text_of(page, "title"), page.get("isReadonly") is True)
    seen: set[int] = set()
    file.rewind()
    for n, row in _rows(file, "comments"):
        comment = _of_version_1(row, people) if version == 1 else _of_version_3(row, people)
        if comment is None:
            yield UnreadableRow(f"comment {n}", "it has no id or no page")
            continue
        if not seen and (host := text_of(row, "domain", "host")):
            yield SourceName(host)
        if version == 1 and hash(comment.page) not in seen:
            yield SourcePage(comment.page, _address(row))
        seen.add(hash(comment.page))
        yield comment


def _kept_parts(file: ExportReader) -> tuple[object, dict[str, _Row], dict[str, _Row]]:
    """Return the version, and the people and pages by their ids."""
    version: object = None
    kept: dict[str, dict[str, _Row]] = {"commenters": {}, "pages": {}}
    for name, row in JsonListReader(file).elements():
        if name == "version":
            version = row
        elif name in kept and isinstance(row, dict):
            fields = ("email", "name", "link", "websiteUrl", "isModerator", "path", "title", "isReadonly")
            kept[name][text_of(row, "commenterHex", "id")] = {f: _short(row[f]) for f in fields if row.get(f)}
            if len(kept[name]) > _MAX_KEPT:
                raise ExportUnreadable(f"The export has more than {_MAX_KEPT} people or pages.")
    return version, kept["commenters"], kept["pages"]


def _short(value: object) -> object:
    return value[:2_100] if isinstance(value, str) else value is True


def _rows(file: ExportReader, wanted: str) -> Iterator[tuple[int, _Row]]:
    rows = (row for name, row in JsonListReader(file).elements() if name == wanted)
    return ((n, row if isinstance(row, dict) else {}) for n, row in enumerate(rows, 1))


def _of_version_1(row: _Row, people: dict[str, _Row]) -> SourceComment | None:
    id, parent = text_of(row, "commentHex"), text_of(row, "parentHex")
    person = people.get(text_of(row, "commenterHex"), {})
    state = text_of(row, "state")
    status = _STATES.get(state, SourceStatus.PENDING)
    comment = _comment(row, person, id, _address(row), "" if parent == "root" else parent, status)
    return comment and replace(comment, unknown_status="" if state in _STATES else state[:40] or "empty")


def _of_version_3(row: _Row, people: dict[str, _Row]) -> SourceComment | None:
    person = people.get(text_of(row, "userCreated"), {})
    # A comment that is neither approved nor waits was rejected by a moderator.
    status = SourceStatus.PENDING if row.get("isPending") is True else SourceStatus.TRASH
    if row.get("isApproved") is True:
        status = SourceStatus.APPROVED
    return _comment(row, person, text_of(row, "id"), text_of(row, "pageId"), text_of(row, "parentId"), status)


def _comment(row: _Row, person: _Row, id: str, page: str, parent: str, status: SourceStatus) -> SourceComment | None:
    if not id or not page:
        return None
    is_deleted = row.get("deleted") is True or row.get("isDeleted") is True
    return SourceComment(
        id=id,
        page=page,
        content=text_of(row, "markdown"),
        received=utc_time(text_of(row, "creationDate", "createdTime")),
        status=SourceStatus.DELETED if is_deleted else status,
        parent=parent,
        author=text_of(person, "name") or text_of(row, "authorName"),
        email=text_of(person, "email"),
        url=text_of(person, "websiteUrl", "link").removeprefix("undefined"),  # Commento writes that for none
        ip=text_of(row, "authorIp"),
        is_staff=person.get("isModerator") is True,
        votes=whole_number_of(row, "score"),
    )


def _address(row: _Row) -> str:
    """Return the address of the page of a comment. Commento calls the path `url`."""
    host, path = text_of(row, "domain", "host"), text_of(row, "path", "url")
    return f"https://{host}/{path.removeprefix('/')}" if host and not path.startswith("http") else path

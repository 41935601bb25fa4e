"""The SQLite database of Isso. It is opened for reading only, and what it might do by itself is off."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from shutil import copyfile, copyfileobj

from comments.private_directory import private_directory

from .export_files import ExportReader, ExportUnreadable
from .source_rows import SourceComment, SourcePage, SourceRow, SourceStatus, UnreadableRow, time_of_seconds

#: Modes of a comment in Isso, which adds them up.
_STATUSES = {1: SourceStatus.APPROVED, 2: SourceStatus.PENDING, 4: SourceStatus.DELETED}
#: Columns that later versions added, and their values for earlier ones.
_ADDED = {"notification": "0", "website": "NULL", "email": "NULL", "remote_addr": "NULL", "parent": "NULL"}
#: Bytes of one value.
_MAX_VALUE = 1_000_000


def read_isso(file: ExportReader) -> Iterator[SourceRow]:
    """Yield each thread and each comment. Raises ExportUnreadable."""
    with private_directory() as directory:
        path = _local_copy(file, directory / "isso.db")
        try:
            with closing(_opened(path)) as database:
                yield from _rows(database)
        except (sqlite3.Error, OverflowError) as error:
            raise ExportUnreadable(f"This is not a database of Isso, or it is damaged: {error}.") from error


def _local_copy(file: ExportReader, copy: Path) -> Path:
    """Copy the database with what Isso has not written into it yet. Isso may go on working."""
    if file.is_packed:
        with copy.open("wb") as out:
            for piece in file.pieces():
                out.write(piece)
        return copy
    with file.path.open("rb") as source, copy.open("wb") as out:
        copyfileobj(source, out)
    log = file.path.with_name(f"{file.path.name}-wal")
    if log.exists():
        copyfile(log, copy.with_name(f"{copy.name}-wal"))
    return copy


def _opened(path: Path) -> sqlite3.Connection:
    with path.open("rb") as file:
        start = file.read(16)
    if start != b"SQLite format 3\0":
        raise ExportUnreadable("This is not an SQLite database. Give the file that `dbpath` in Isso's settings names.")
    database = sqlite3.connect(path)
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {pragma}")
    kinds = dict(database.execute("SELECT name, type FROM sqlite_master WHERE name IN ('threads', 'comments')"))
    if kinds != {"threads": "table", "comments": "table"}:
        raise ExportUnreadable("This is not a database of Isso: it has no tables `threads` and `comments`.")
    return database


def _rows(database: sqlite3.Connection) -> Iterator[SourceRow]:
    for key, uri, title in database.execute("SELECT id, uri, title FROM threads ORDER BY id"):
        yield SourcePage(str(key), str(uri or ""), str(title or ""))
    there = {row[1] for row in database.execute("PRAGMA table_info(comments)")}
    extra = ", ".join(name if name in there else f"{default} AS {name}" for name, default in _ADDED.items())
    query = f"SELECT tid, id, created, mode, text, author, likes, {extra} FROM comments ORDER BY id"  # noqa: S608 - names of our own
    database.row_factory = sqlite3.Row
    for row in database.execute(query):
        yield _comment(row)


def _comment(row: sqlite3.Row) -> SourceRow:
    status = _STATUSES.get(row["mode"]) if isinstance(row["mode"], int) else None
    if status is None:
        return UnreadableRow(f"comment {row['id']}", f"its mode is {str(row['mode'])[:20]}")
    created = row["created"]
    return SourceComment(
        id=str(row["id"]),
        page=str(row["tid"]),
        content=str(row["text"] or ""),
        received=time_of_seconds(created if isinstance(created, int | float) else None),
        status=status,
        parent="" if row["parent"] is None else str(row["parent"]),
        # Isso stores these as it writes them into pages.
        author=unescape(str(row["author"] or "")),
        email=unescape(str(row["email"] or "")),
        url=unescape(str(row["website"] or "")),
        ip=str(row["remote_addr"] or ""),
        wants_replies=row["notification"] == 1,
        votes=row["likes"] if isinstance(row["likes"], int) else 0,
    )

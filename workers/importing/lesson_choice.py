"""Choose the comments of a plan that teach the spam filter: the newest, less those that an earlier import chose."""

import sqlite3

from .earlier_imports import EarlierImports
from .source_rows import SourceStatus

#: Rows looked up in the site at a time.
ROWS_LOOKED_UP = 100
#: Comments that teach: the newest of each label. Older ones say little about the spam of today.
MAX_HAM_LESSONS, MAX_SPAM_LESSONS = 1_000, 2_000


def find_taught(database: sqlite3.Connection, source: str, earlier: EarlierImports) -> None:
    """Set `taught` for the comments that an earlier import stored: 1 for those that teach, 0 for the others."""
    last, query = 0, "SELECT n, id FROM comments WHERE n > ? AND skip = '' ORDER BY n LIMIT ?"
    while rows := database.execute(query, (last, ROWS_LOOKED_UP)).fetchall():
        last = rows[-1][0]
        found = earlier(source, [id for _, id in rows])
        update = "UPDATE comments SET taught = ? WHERE id = ?"
        database.executemany(update, [(teaches, id) for id, teaches in found.items()])


def choose_lessons(database: sqlite3.Connection) -> None:
    """Choose the newest comments of each label, less those that an earlier import chose."""
    for status, most in ((SourceStatus.APPROVED, MAX_HAM_LESSONS), (SourceStatus.SPAM, MAX_SPAM_LESSONS)):
        database.execute(
            "UPDATE comments SET teaches = 1 WHERE n IN (SELECT n FROM comments WHERE skip = ''"
            " AND status = :status AND taught IS NULL ORDER BY received DESC, n DESC LIMIT max(0, :most -"
            " (SELECT count(*) FROM comments WHERE taught AND status = :status)))",
            {"status": status.value, "most": most},
        )

"""Find the parent of each reply in a plan, and number the levels of replies."""

import sqlite3

from comments.import_report import ImportReport
from comments.storage.thread_tree import MAX_THREAD_DEPTH

#: Levels of replies. The last ones stay open for answers.
MAX_LEVEL = MAX_THREAD_DEPTH - 1
#: Pingbacks that reply to each other are followed this far.
_MAX_SKIPPED_LEVELS = 50
#: Reason of the replies at which a circle is cut.
_CIRCLE = "replies in a circle"


def find_parents(database: sqlite3.Connection, report: ImportReport) -> None:
    """Find the row of each parent. Replies to a row that is skipped move up to the comment above it."""
    for _ in range(_MAX_SKIPPED_LEVELS):
        moved = database.execute(
            "UPDATE comments SET parent = (SELECT p.parent FROM comments p WHERE p.id = comments.parent)"
            " WHERE parent != '' AND parent IN (SELECT id FROM comments WHERE skip != '')"
        )
        if not moved.rowcount:
            break
    database.execute(
        "UPDATE comments SET above = (SELECT p.n FROM comments p WHERE p.id = comments.parent"
        " AND p.thread = comments.thread AND p.skip = '' AND p.n != comments.n) WHERE parent != '' AND skip = ''"
    )
    lost = "FROM comments WHERE parent != '' AND above IS NULL AND skip = ''"
    _report_moved(database, report, "replies to a missing comment", f"{lost} AND parent != id")
    _report_moved(database, report, _CIRCLE, f"{lost} AND parent = id")


def _report_moved(database: sqlite3.Connection, report: ImportReport, reason: str, rows: str) -> None:
    n, first = database.execute(f"SELECT count(*), min(n) {rows}").fetchone()
    if n:
        (id,) = database.execute("SELECT id FROM comments WHERE n = ?", (first,)).fetchone()
        report.change(f"{reason}, now at the top of their page", f"comment {id}", n)


def number_levels(database: sqlite3.Connection, report: ImportReport) -> None:
    """Number the levels, from the top. What is too deep is attached to the last level; circles are cut."""
    roots, rest = "UPDATE comments SET above = NULL, wave = 0, level = 0", "WHERE wave IS NULL AND skip = ''"
    database.execute(f"{roots} {rest} AND above IS NULL")
    _number_from_top(database)
    # In a circle at least one comment replies to a later row.
    _report_moved(database, report, _CIRCLE, f"FROM comments {rest} AND above > n")
    database.execute(f"{roots} {rest} AND above > n")
    _number_from_top(database)


def _number_from_top(database: sqlite3.Connection) -> None:
    wave, found = 0, 1
    while found:
        done = database.execute(
            "UPDATE comments SET wave = :wave + 1, level = min(:wave + 1, :most), above = CASE WHEN :wave >= :most"
            " THEN (SELECT p.above FROM comments p WHERE p.n = comments.above) ELSE above END"
            " WHERE wave IS NULL AND skip = '' AND above IN (SELECT n FROM comments WHERE wave = :wave)",
            {"wave": wave, "most": MAX_LEVEL},
        )
        wave, found = wave + 1, done.rowcount

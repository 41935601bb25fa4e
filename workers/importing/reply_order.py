"""Find the parent of each reply in a plan, and number the levels of replies."""

import sqlite3

from comments.import_report import ImportReport
from comments.storage.thread_tree import MAX_THREAD_DEPTH

#: Levels of replies. The last ones stay open for answers.
MAX_LEVEL = MAX_THREAD_DEPTH - 1
#: Pingbacks that reply to each other are followed this far.
_MAX_SKIPPED_LEVELS = 50


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
    orphans = "FROM comments WHERE parent != '' AND above IS NULL AND skip = ''"
    (n,) = database.execute(f"SELECT count(*) {orphans}").fetchone()
    if n:
        (first,) = database.execute(f"SELECT id {orphans} ORDER BY n LIMIT 1").fetchone()
        report.change("replies to a missing comment, now at the top of their page", f"comment {first}", n)


def number_levels(database: sqlite3.Connection) -> None:
    """Number the levels, from the top. What is too deep is attached to the last level; circles are cut."""
    roots = "UPDATE comments SET above = NULL, wave = 0, level = 0 WHERE wave IS NULL AND skip = '' AND "
    database.execute(f"{roots} above IS NULL")
    _number_from_top(database)
    # In a circle at least one comment replies to a later row.
    database.execute(f"{roots} above > n")
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

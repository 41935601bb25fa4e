"""Order the rows of an export on disk: which are imported, in which thread, and below which comment.

Exports name parents that come later, that are missing, or that reply to each other. A database in a temporary file
holds the rows, so memory does not grow with the export.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from comments.import_report import ImportReport
from comments.private_directory import private_directory

from .earlier_imports import EarlierImports
from .lesson_choice import choose_lessons, find_taught
from .page_names import PageNames
from .planned_rows import (
    Planned,
    PlannedComment,
    PlannedPage,
    PlanOptions,
    kind_problem,
    packed_row,
    planned_status,
    stored_milliseconds,
    unpacked_row,
)
from .reply_order import find_parents, number_levels
from .source_rows import SourceComment, SourceName, SourcePage, SourceRow, SourceStatus

#: Rows written at a time.
ROWS_WRITTEN = 500
#: Instructions of SQLite between two reports of progress: some milliseconds.
_INSTRUCTIONS = 1_000_000

_TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000; PRAGMA temp_store = FILE;
CREATE TABLE pages (key TEXT PRIMARY KEY, link TEXT, title TEXT, closed INT, public INT, status TEXT, id TEXT,
  above TEXT, thread TEXT, problem TEXT);
CREATE TABLE comments (n INTEGER PRIMARY KEY, id TEXT UNIQUE, page TEXT, thread TEXT, parent TEXT, received INT,
  status TEXT, skip TEXT, above INT, wave INT, level INT, teaches INT DEFAULT 0, taught INT, row TEXT);
"""
_INDEXES = """
CREATE INDEX by_parent ON comments (parent) WHERE parent != '';
CREATE INDEX by_above ON comments (above);
CREATE INDEX by_wave ON comments (wave);
CREATE INDEX by_thread ON pages (thread);
"""


class ImportPlan:
    """Rows of one export, in a database that only this process uses."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(_TABLES)
        self._pages: list[SourcePage] = []
        self._comments: list[SourceComment] = []
        self._last, self._begun = datetime(2000, 1, 1, tzinfo=UTC), datetime.now(UTC)
        self.source = ""

    def close(self) -> None:
        self._database.close()

    def read(self, rows: Iterable[SourceRow], report: ImportReport) -> None:
        """Store the rows of an export."""
        self._database.execute("BEGIN")
        for row in rows:
            if isinstance(row, SourceComment):
                report.rows += 1
                self._comments.append(self._dated(row, report))
                if row.unknown_status:
                    reason = f"with the unknown status “{row.unknown_status}”, now in Needs review"
                    report.change(reason, f"comment {row.id}")
            elif isinstance(row, SourcePage):
                self._pages.append(row)
            elif isinstance(row, SourceName):
                self.source = self.source or row.name[:200]
            else:
                report.rows += 1
                report.skip("cannot be read", f"{row.place}: {row.reason}")
            if len(self._comments) + len(self._pages) >= ROWS_WRITTEN:
                self._write(report)
        self._write(report)
        self._database.execute("COMMIT")

    def _dated(self, comment: SourceComment, report: ImportReport) -> SourceComment:
        """Give a comment without a readable date that of the comment before it. Exports are in order."""
        if comment.received is None:
            report.change("without a readable date, dated like the comment before", f"comment {comment.id}")
            comment = replace(comment, received=self._last + timedelta(seconds=1))
        elif comment.received > self._begun:
            report.change("with a date in the future, dated with the time of the import", f"comment {comment.id}")
            comment = replace(comment, received=self._begun)
        self._last = comment.received or self._last
        return comment

    def _write(self, report: ImportReport) -> None:
        self._database.executemany(
            # Of a page that is there twice, neither may be private.
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '') ON CONFLICT (key) DO UPDATE SET"
            " public = min(public, excluded.public), closed = max(closed, excluded.closed),"
            " title = CASE title WHEN '' THEN excluded.title ELSE title END",
            [(p.key, p.link, p.title, p.closed, p.public, p.unknown_status, p.id, p.above) for p in self._pages],
        )
        for c in self._comments:
            done = self._database.execute(
                "INSERT OR IGNORE INTO comments (id, page, parent, received, status, skip, row)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    c.id,
                    c.page,
                    c.parent,
                    stored_milliseconds(c),
                    planned_status(c),
                    kind_problem(c),
                    packed_row(c),
                ),
            )
            if not done.rowcount:
                report.skip("with the id of an earlier row", f"comment {c.id}")
        self._pages, self._comments = [], []

    def arrange(
        self,
        names: PageNames,
        options: PlanOptions,
        report: ImportReport,
        earlier: EarlierImports,
        progress: Callable[[int, int], object] = lambda done, total: None,
    ) -> None:
        """Decide which comments are imported, in which order and place. `progress` gets the steps done, and of all."""
        steps: Sequence[Callable[[], object]] = (
            lambda: self._database.executescript(_INDEXES + "BEGIN"),
            lambda: self._name_threads(names),
            lambda: self._skip(options, report),
            lambda: find_parents(self._database, report),
            lambda: number_levels(self._database, report),
            lambda: self._skip_deleted(report),
            lambda: find_taught(self._database, self.source, earlier),
            lambda: choose_lessons(self._database),
            lambda: self._report_pages(names, report),
            lambda: self._database.execute("COMMIT"),
        )
        for n, step in enumerate(steps):
            # A statement about all rows of a large file takes minutes. A handler that returns 0 lets it go on.
            self._database.set_progress_handler(partial(_reported, progress, n, len(steps)), _INSTRUCTIONS)
            progress(n, len(steps))
            step()
        self._database.set_progress_handler(None, 0)
        progress(len(steps), len(steps))

    def _report_pages(self, names: PageNames, report: ImportReport) -> None:
        for (thread,) in self._database.execute("SELECT DISTINCT thread FROM comments WHERE skip = '' ORDER BY thread"):
            report.pages += 1
            if names.is_elsewhere(thread):
                report.change(
                    "pages on no address of this site: use a file of moved pages, or add the address to the site",
                    thread,
                )

    def _name_threads(self, names: PageNames) -> None:
        used = "SELECT key, link FROM pages WHERE key IN (SELECT page FROM comments)"
        for key, link in self._database.execute(used).fetchall():
            thread = names.thread(link)
            problem = names.problem(thread)
            self._database.execute("UPDATE pages SET thread = ?, problem = ? WHERE key = ?", (thread, problem, key))
        self._database.execute(
            "UPDATE comments SET thread = (SELECT thread FROM pages WHERE key = comments.page AND problem = '')"
        )

    def _skip(self, options: PlanOptions, report: ImportReport) -> None:
        if options.pingbacks:
            self._database.execute("UPDATE comments SET skip = '' WHERE skip = 'pingbacks or trackbacks'")
        mark = self._database.execute
        mark("UPDATE comments SET skip = 'on a page that is not in the file, or whose address cannot name a thread'"
             " WHERE thread IS NULL AND skip = ''")  # fmt: skip
        mark("UPDATE pages SET public = 0 WHERE above != '' AND above IN (SELECT id FROM pages WHERE NOT public)")
        if not options.unpublished:
            mark("UPDATE comments SET skip = (SELECT CASE status WHEN '' THEN 'on pages that are not public' ELSE"
                 " 'on pages with the unknown status “' || status || '”' END FROM pages WHERE key = comments.page)"
                 " WHERE skip = '' AND page IN (SELECT key FROM pages WHERE NOT public)")  # fmt: skip
        self._report_skipped(report)

    def _report_skipped(self, report: ImportReport) -> None:
        for reason, n in self._database.execute("SELECT skip, count(*) FROM comments WHERE skip != '' GROUP BY skip"):
            rows = self._database.execute("SELECT id, page FROM comments WHERE skip = ? ORDER BY n LIMIT 3", (reason,))
            examples = [f"comment {id}" for id, _ in rows]
            report.skip(reason, examples[0], n - len(examples) + 1)
            for example in examples[1:]:
                report.skip(reason, example)

    def _skip_deleted(self, report: ImportReport) -> None:
        """Skip deleted comments without replies. The others stay as stubs above their replies."""
        n, done = 0, 1
        while done:
            done = self._database.execute(
                "UPDATE comments SET skip = 'deleted' WHERE status = 'deleted' AND skip = ''"
                " AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.above = comments.n AND c.skip = '')"
            ).rowcount
            n += done
        report.skip("deleted there or without text, and without replies", n=n)

    def planned(self) -> Iterator[Planned]:
        """Yield each page, and then the comments of each thread: every comment after the one that it is below."""
        yield from self._planned_pages()
        rows = self._database.execute(
            "SELECT c.row, c.received, c.status, c.thread, p.id, c.teaches,"
            " EXISTS (SELECT 1 FROM comments r WHERE r.above = c.n AND r.skip = '') FROM comments c"
            " LEFT JOIN comments p ON p.n = c.above WHERE c.skip = '' ORDER BY c.thread, c.level, c.received, c.n"
        )
        for row, received, status, thread, above, teaches, has_replies in rows:
            comment = replace(unpacked_row(row, received), status=SourceStatus(status))
            yield PlannedComment(comment, thread, above or "", bool(has_replies), bool(teaches), self.source)

    def _planned_pages(self) -> Iterator[PlannedPage]:
        """Yield one page for each thread, with its first title. It is closed if every page that became it was."""
        rows = self._database.execute(
            "SELECT thread, min(closed), (SELECT t.title FROM pages t WHERE t.thread = pages.thread AND t.title != ''"
            " ORDER BY t.rowid LIMIT 1) FROM pages WHERE problem = ''"
            " AND thread IN (SELECT thread FROM comments WHERE skip = '') GROUP BY thread ORDER BY thread"
        )
        for thread, closed, title in rows:
            yield PlannedPage(thread, title or "", bool(closed))


def _reported(progress: Callable[[int, int], object], done: int, total: int) -> int:
    progress(done, total)
    return 0


@contextmanager
def open_plan() -> Iterator[ImportPlan]:
    """Open a plan in a temporary directory, which has to hold about as much as the export."""
    with private_directory() as directory:
        plan = ImportPlan(directory / "rows.db")
        try:
            yield plan
        finally:
            plan.close()

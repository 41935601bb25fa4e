"""Import planned rows a batch at a time. Every batch can be repeated: what is there stays as it is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from comments.errors import StorageDown
from comments.import_programs import ImportProgram
from comments.import_report import ImportReport
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.thread_detail_rules import MAX_TITLE, clean_title
from comments.validation import is_blank

from .converted_comments import ConvertedComment, converted
from .planned_rows import Planned, PlannedComment, PlannedPage

#: Rows imported together: about 10 ms of the server's time, in calls of 3 ms.
BATCH_SIZE = 100


@dataclass
class BatchImporter:
    """Imports into one site and adds to the report. A dry run stores nothing."""

    storage: Storage
    site: Site
    program: ImportProgram
    names: Pseudonyms
    report: ImportReport
    dry_run: bool = False
    staff: Collection[str] = ()
    _tried: set[str] = field(default_factory=set)  # comments that an attempt without an answer may have stored

    def add(self, rows: Iterable[Planned]) -> None:
        """Import some rows. Raises StorageDown if the server does not answer; repeat the batch then.

        The report counts a batch once, with what an attempt before has stored.
        """
        before = ImportReport.from_json(self.report.to_json())
        try:
            self._add(rows)
        except StorageDown:
            self.report = before
            raise
        self._tried.clear()

    def _add(self, rows: Iterable[Planned]) -> None:
        comments: list[ConvertedComment] = []
        for row in rows:
            if isinstance(row, PlannedPage):
                self._add_page(row)
            elif (found := self._converted(row)) is not None:
                comments.append(found)
        if comments:
            self._add_comments(comments)

    def _add_page(self, page: PlannedPage) -> None:
        if self.dry_run:
            return
        title = clean_title(page.title)[:MAX_TITLE].strip()
        (thread,) = self.storage.thread_moves.resolve(self.site.id, [page.thread])
        if title:
            self.storage.thread_details.put(self.site.id, thread, title, None, only_missing=True)
        # A thread that has comments was opened by someone here, or by an earlier run.
        if page.closed and self.storage.threads.counts(self.site.id, [thread]) == [0]:
            self.storage.threads.set_closed(self.site.id, thread, True)

    def _converted(self, row: PlannedComment) -> ConvertedComment | None:
        found = converted(row, self.program, self.site.id, self.names, self.staff)
        is_empty = is_blank(found.comment.content) and not row.has_replies
        if is_empty:
            self.report.skip("without text that can be shown", f"comment {row.comment.id}")
            return None
        return found

    def _add_comments(self, found: Sequence[ConvertedComment]) -> None:
        there = self._there(found)
        answering = self._answering({row.comment.thread for row in found})
        placed: dict[str, Comment] = {}
        for row in found:
            comment = replace(row.comment, thread=answering[row.comment.thread])
            parent = placed.get(comment.parent) or there.get(comment.parent)
            if comment.parent and not self.dry_run and (parent is None or parent.thread != comment.thread):
                self.report.change("replies to a comment that is no longer stored, now at the top of their page")
                comment = replace(comment, parent="")
            placed[comment.id] = comment
        new = [comment for id, comment in placed.items() if id not in there]
        tried_before = self._tried & there.keys()
        self._tried |= {comment.id for comment in new}
        added = [True] * len(new) if self.dry_run else self.storage.comments.add_decided(self.site.id, new)
        self._count(found, tried_before | {c.id for c, is_added in zip(new, added, strict=True) if is_added})

    def _there(self, found: Sequence[ConvertedComment]) -> dict[str, Comment]:
        """Return the comments of this batch, and the comments above them, that are stored already."""
        ids = {id for row in found for id in (row.comment.id, row.comment.parent) if id}
        return {c.id: c for c in self.storage.comments.load(self.site.id, sorted(ids)) if c}

    def _answering(self, threads: Collection[str]) -> dict[str, str]:
        names = sorted(threads)
        return dict(zip(names, self.storage.thread_moves.resolve(self.site.id, names), strict=True))

    def _count(self, found: Sequence[ConvertedComment], added: Collection[str]) -> None:
        for row in found:
            if row.comment.id not in added:
                self.report.present += 1
                continue
            self.report.added[row.comment.status.label.lower()] += 1
            self.report.lessons += row.comment.lesson is not None
            for change in row.changes:
                self.report.change(change, f"comment {row.old_id}")

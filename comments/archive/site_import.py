"""Import of a site from an export: read once to check everything, and once more to store it.

The site becomes visible in the last step. If the import fails before it, what was stored is removed; after a crash the
next import of the site removes it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from secrets import token_hex
from typing import BinaryIO

from comments.audit import AuditAction, AuditEntry
from comments.errors import Invalid, NotFound, Problem
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.archives import ArchivedComment, StoredRow
from comments.storage.interfaces import Storage
from comments.storage.thread_tree import MAX_THREAD_DEPTH

from .export_reader import FORMER_VERSION, ExportedSite, ExportHeader, ExportPart, bounded_lines, read_export
from .exported_members import Member, with_membership
from .site_export import secret_key_fingerprint

#: Comments stored in one step.
ARCHIVED_PER_STEP = 200
#: Comments whose depth in their thread is remembered.
DEPTHS_KEPT = 20_000


@dataclass(slots=True)
class SiteImportReport:
    """Result of an import, or of its check alone."""

    site: str = ""
    version: int = FORMER_VERSION
    secrets: bool = False
    comments: int = 0
    members: list[str] = field(default_factory=list)
    left_out: tuple[str, ...] = ()  # secrets that an owner has to enter
    other_secret_key: bool = False  # receipts and names of readers from the other service mean nothing in this one


def check_export(file: BinaryIO, pseudonyms: Pseudonyms) -> SiteImportReport:
    """Read the whole file and store nothing. Raises Invalid with the number of the first line that is damaged."""
    report = SiteImportReport()
    for _, part in read_export(bounded_lines(file)):
        if isinstance(part, ExportHeader):
            report.version, report.secrets = part.version, part.secrets
            report.other_secret_key = part.secret_key != secret_key_fingerprint(pseudonyms)
        elif isinstance(part, ExportedSite):
            report.site, report.left_out = part.site.id, part.left_out
        elif isinstance(part, Member):
            report.members.append(part.name)
        elif isinstance(part, ArchivedComment):
            report.comments += 1
    return report


def import_site(
    storage: Storage,
    file: BinaryIO,
    pseudonyms: Pseudonyms,
    by: str,
    progress: Callable[[int, int], object] = lambda n, total: None,
) -> SiteImportReport:
    """Import an export from a file that can be read twice. `progress` gets the comments of each step, and of all.

    Raises Invalid for a damaged file and SiteTaken if the site exists; then nothing is stored.
    """
    report = check_export(file, pseudonyms)
    file.seek(0)
    storage.archives.begin(report.site, token_hex(8))
    with ExitStack() as on_failure:
        on_failure.callback(storage.archives.discard, report.site)
        site, members = _store(storage, file, report, progress)
        for member in members:
            _join(storage, member, site.id)
        entry = AuditEntry(by, AuditAction.SITE_IMPORT, site.id, after=str(report.comments))
        on_failure.pop_all()  # if the site was added in the meantime, its data must stay
        storage.archives.finish(site, entry)
    return report


def _store(
    storage: Storage, file: BinaryIO, report: SiteImportReport, progress: Callable[[int, int], object]
) -> tuple[Site, Sequence[Member]]:
    parts = (part for _, part in read_export(bounded_lines(file)))
    site: Site | None = None
    members: list[Member] = []
    batches = _CommentBatches(storage, report.site)
    rows: Iterable[StoredRow] = ()
    for part in parts:
        if isinstance(part, ExportedSite):
            site = part.site
        elif isinstance(part, Member):
            members.append(part)
        elif isinstance(part, ArchivedComment):
            progress(batches.add(part), report.comments)
        elif isinstance(part, StoredRow):
            rows = _with_first(part, parts)
            break
    progress(batches.finish(), report.comments)
    if report.version > FORMER_VERSION:
        storage.archives.replace_rows(report.site, rows)
    if site is None or site.id != report.site:
        raise Invalid([Problem("file", "changed", "was changed while it was imported")])
    return site, members


def _with_first(first: StoredRow, parts: Iterator[ExportPart]) -> Iterator[StoredRow]:
    yield first
    yield from (part for part in parts if isinstance(part, StoredRow))


def _join(storage: Storage, member: Member, site: str) -> None:
    """Add a member to the site. The account of a person who exists stays as it is."""
    while True:
        try:
            before = storage.people.get(member.name)
        except NotFound:
            before = None
        if storage.people.compare_and_set(before, with_membership(before, member, site)):
            return


class _CommentBatches:
    """Stores comments some at a time, parents before replies. A reply that comes before its parent waits."""

    def __init__(self, storage: Storage, site: str) -> None:
        self._storage, self._site = storage, site
        self._batch: list[ArchivedComment] = []
        self._waiting: list[ArchivedComment] = []
        self._depths: dict[str, int] = {}

    def add(self, archived: ArchivedComment) -> int:
        """Take a comment, and return the number of comments that this stored."""
        self._batch.append(archived)
        return self._store_batch() if len(self._batch) >= ARCHIVED_PER_STEP else 0

    def finish(self) -> int:
        """Store the rest. Raises Invalid if the parent of a comment is not in the file."""
        n = self._store_batch()
        while self._waiting:
            again, self._waiting, before = iter(self._waiting), [], n
            while some := list(islice(again, ARCHIVED_PER_STEP)):
                self._batch = some
                n += self._store_batch()
            if n == before:
                raise Invalid([Problem(f"comment {self._waiting[0].comment.id}", "no-parent", "has no parent")])
        return n

    def _store_batch(self) -> int:
        above = {archived.comment.id: _parent(archived.comment) for archived in self._batch}
        parents = sorted({parent for parent in above.values() if parent and parent not in self._depths})
        missing = self._storage.archives.missing(self._site, parents)
        self._read_depths([parent for parent in parents if parent not in missing])
        ready: list[ArchivedComment] = []
        for archived in self._batch:
            comment, parent = archived.comment, above[archived.comment.id]
            if parent and parent not in self._depths:
                self._waiting.append(archived)
                continue
            depth = self._depths[parent] + 1 if parent else 0
            if depth > MAX_THREAD_DEPTH:
                raise Invalid([Problem(f"comment {comment.id}", "too-deep", "is too deep in its thread")])
            self._depths[comment.id] = depth
            ready.append(archived)
        self._storage.archives.add(self._site, ready)
        self._batch = []
        for id in list(self._depths)[:-DEPTHS_KEPT]:
            del self._depths[id]
        return len(ready)

    def _read_depths(self, ids: Sequence[str]) -> None:
        depths = self._storage.archives.depths(self._site, ids, MAX_THREAD_DEPTH + 1)
        self._depths |= dict(zip(ids, depths, strict=True))


def _parent(comment: Comment) -> str:
    """Return the parent that must be stored first. A draft is no part of its thread."""
    return "" if comment.draft_of else comment.parent

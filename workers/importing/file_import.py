"""Import a whole file: read it, arrange its rows on disk, and import them in batches."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from comments.import_report import ImportReport
from comments.storage.store_waits import retried

from .batch_importer import BATCH_SIZE, BatchImporter
from .earlier_imports import EarlierImports, no_earlier_imports
from .export_files import ExportReader, open_export
from .formats import ReadExport
from .import_plan import ImportPlan
from .page_names import PageNames
from .planned_rows import PlanOptions
from .source_rows import SourceRow

T = TypeVar("T")

#: Called with what is done and the whole, in bytes or comments.
Progress = Callable[[int, int], None]


def arrange_file(
    plan: ImportPlan,
    path: Path,
    read: ReadExport,
    names: PageNames,
    options: PlanOptions,
    report: ImportReport,
    limit: int,
    progress: Progress,
    earlier: EarlierImports = no_earlier_imports,
    arranging: Progress = lambda done, total: None,
) -> None:
    """Read a file into the plan, and arrange its rows. Raises ExportUnreadable; nothing is imported then."""
    with open_export(path, limit) as file:
        plan.read(_watched(read(file), file, progress), report)
    plan.arrange(names, options, report, earlier, arranging)


def _watched(rows: Iterable[SourceRow], file: ExportReader, progress: Progress) -> Iterator[SourceRow]:
    for n, row in enumerate(rows):
        if n % 1_000 == 0:
            progress(file.done, file.size)
        yield row


def import_plan(plan: ImportPlan, importer: BatchImporter, progress: Progress) -> None:
    """Import everything that is planned. A batch is repeated while the server does not answer."""
    done, total = 0, importer.report.rows
    for rows in in_batches(plan.planned(), BATCH_SIZE):
        retried(lambda rows=rows: importer.add(rows))  # type: ignore[misc]
        done += len(rows)
        progress(min(done, total), total)


def in_batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch

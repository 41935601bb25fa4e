"""`replygate import`: import comments from the export of another program."""

import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import click

from comments.audit import CONSOLE, AuditAction, AuditEntry
from comments.import_programs import PROGRAMS, ImportProgram
from comments.import_report import ImportReport
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.thread_plans import mapping_of
from replygate.deployment import current_deployment
from workers.importing.batch_importer import BatchImporter
from workers.importing.earlier_imports import earlier_imports
from workers.importing.export_files import ExportUnreadable
from workers.importing.file_import import arrange_file, import_plan
from workers.importing.formats import READERS
from workers.importing.import_plan import open_plan
from workers.importing.page_names import PageNames
from workers.importing.planned_rows import PlanOptions

from .site_commands import site_named

#: Bytes of an export when it is unpacked. It is arranged on disk, so memory is no limit.
MAX_UNPACKED = 64 * 2**30
#: Seconds between two lines of progress where standard error is no terminal.
PROGRESS_SECONDS = 10


@click.group("import")
def import_comments() -> None:
    """Import comments from another program.

    Try it with --dry-run first: it reads the whole file, changes nothing, and prints the same report. An import that
    was interrupted goes on when you run it again, and one that is repeated adds nothing.
    """


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the arguments and options that every format has."""
    for option in reversed(
        (
            click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
            click.option("--site", "id", required=True, metavar="ID", help="Site that gets the comments."),
            click.option("--dry-run", is_flag=True, help="Only show what would be imported."),
            click.option("--pages", type=click.File(encoding="utf-8-sig"), help="CSV of old and new page addresses."),
            click.option("--base", default="", help="Address of pages without a host. Default: the site's first."),
            click.option("--staff", multiple=True, metavar="EMAIL", help="Comments by this address get the badge."),
            click.option("--source", default="", help="Name of this export, if another one has the same ids."),
            click.option("--pingbacks", is_flag=True, help="Import pingbacks and trackbacks too."),
            click.option("--unpublished", is_flag=True, help="Import comments on drafts and private pages too."),
        )
    ):
        command = option(command)
    return command


def _command(program: ImportProgram) -> click.Command:
    @_options
    def run(**options: Any) -> None:
        run_import(program, **options)

    return click.command(program.name, help=f"Import comments of {program.label}. FILE: {program.file}.")(run)


for _program in PROGRAMS.values():
    if _program.name != "replygate":  # its own command restores the whole site
        import_comments.add_command(_command(_program))


def run_import(
    program: ImportProgram,
    file: Path,
    id: str,
    dry_run: bool,
    pages: TextIO | None,
    base: str,
    staff: tuple[str, ...],
    source: str,
    pingbacks: bool,
    unpublished: bool,
) -> None:
    deployment, site = current_deployment(), site_named(id)
    names, report = PageNames(site, base, _moved_pages(pages, site)), ImportReport()
    importer = BatchImporter(
        deployment.storage,
        site,
        program,
        Pseudonyms(deployment.settings.secret_key),
        report,
        dry_run,
        frozenset(address.strip().lower() for address in staff),
    )
    with open_plan() as plan:
        plan.source = source
        options = PlanOptions(pingbacks, unpublished)
        earlier, reading = earlier_imports(deployment.storage, site, program), ProgressDisplay("Reading", "%")
        read, arranging = READERS[program.name], ProgressDisplay("Arranging", "%")
        try:
            arrange_file(plan, file, read, names, options, report, MAX_UNPACKED, reading, earlier, arranging)
        except ExportUnreadable as error:
            raise click.ClickException(f"{error} Nothing was imported.") from error
        if not dry_run:
            entry = AuditEntry(CONSOLE, AuditAction.IMPORT, site=site.id, after=program.label)
            deployment.storage.audit.append(entry)
        import_plan(plan, importer, ProgressDisplay("Checking" if dry_run else "Importing", "comments"))
    for line in importer.report.lines(dry_run):
        click.echo(line)
    if dry_run:
        click.echo("Nothing was changed.")


def _moved_pages(file: TextIO | None, site: Site) -> dict[str, str]:
    return mapping_of(csv.reader(file), site) if file else {}


class ProgressDisplay:
    """Shows progress on standard error: one line that changes on a terminal, and a line now and then elsewhere."""

    def __init__(self, verb: str, unit: str) -> None:
        self._verb, self._unit, self._shown = verb, unit, time.monotonic()
        self._on_terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        is_last = done >= total
        if not is_last and time.monotonic() - self._shown < (0.1 if self._on_terminal else PROGRESS_SECONDS):
            return
        share = 100 * done // max(1, total)
        amount = f"{share}%" if self._unit == "%" else f"{done} of {total} {self._unit}, {share}%"
        self._shown = time.monotonic()
        if self._on_terminal:
            click.echo(f"\r{self._verb}: {amount}  ", nl=is_last, err=True)
        elif not is_last:
            click.echo(f"{self._verb}: {amount}", err=True)

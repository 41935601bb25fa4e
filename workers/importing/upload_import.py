"""Import a file that an owner uploaded, in small steps, each of which can be interrupted and repeated."""

import csv
import logging
from dataclasses import replace

from comments.errors import Invalid
from comments.import_programs import PROGRAMS
from comments.import_report import ImportReport
from comments.private_directory import private_directory
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.import_uploads import ImportPhase, ImportState
from comments.storage.interfaces import Storage
from comments.thread_plans import mapping_of
from workers.deps import Deps

from .batch_importer import BATCH_SIZE, BatchImporter
from .earlier_imports import earlier_imports
from .export_files import ExportUnreadable
from .file_import import arrange_file, in_batches
from .formats import READERS
from .import_plan import ImportPlan, open_plan
from .page_names import PageNames
from .planned_rows import PlanOptions, packed_batch, unpacked_batch

log = logging.getLogger(__name__)

#: Bytes of an uploaded export when it is unpacked. Its rows must be arranged within the time of one job.
MAX_UNPACKED_UPLOAD = 32 * 2**20
#: Attempts to read a file. A worker that is stopped for running out of time begins again.
_MAX_ATTEMPTS = 3
_TOO_SLOW = (
    "The file is too large to be read here. Import it with `replygate import` on the server. Nothing was imported."
)
EXPIRED = "The uploaded file has expired. Upload it again."


def import_step(d: Deps, site: Site) -> bool:
    """Do the next step of the site's import. Returns False if there is none."""
    storage = d.storage
    state = storage.import_uploads.get(site.id)
    if state is None or not state.is_working:
        return False
    if state.phase is ImportPhase.UPLOADED:
        _read(storage, site, state)
    else:
        _add_batch(storage, site, state, Pseudonyms(d.settings.secret_key))
    return True


def _read(storage: Storage, site: Site, state: ImportState) -> None:
    """Read the file and store its rows in the order in which they are imported."""
    uploads, begun = storage.import_uploads, replace(state, attempts=state.attempts + 1)
    if begun.attempts > _MAX_ATTEMPTS:
        begun = replace(begun, phase=ImportPhase.FAILED, problem=_TOO_SLOW)
    if not uploads.replace(site.id, state, begun) or begun.phase is ImportPhase.FAILED:
        return
    report = ImportReport()
    try:
        n = _arrange(storage, site, state, report)
        after = replace(begun, phase=ImportPhase.CHECKING, done=0, total=n, report=report.to_json())
    except (ExportUnreadable, Invalid) as error:
        after = replace(begun, phase=ImportPhase.FAILED, problem=f"{str(error).rstrip('.')}. Nothing was imported.")
    if uploads.replace(site.id, begun, after):
        uploads.forget(site.id, state.id, ("file",) if after.phase is ImportPhase.CHECKING else ("file", "rows"))
    log.info("read an upload", extra={"site": site.id, "n": report.rows})


def _arrange(storage: Storage, site: Site, state: ImportState, report: ImportReport) -> int:
    """Returns the number of batches. Raises ExportUnreadable, and Invalid for a bad mapping of pages."""
    moved = mapping_of(csv.reader(state.pages.splitlines()), site)
    options = PlanOptions(state.pingbacks, state.unpublished)
    with private_directory() as directory, open_plan() as plan:
        path = directory / "upload"
        with path.open("wb") as file:
            for piece in storage.import_uploads.pieces(site.id, state.id):
                file.write(piece)
        if not path.stat().st_size:
            raise ExportUnreadable(EXPIRED)
        read, names = READERS[state.program], PageNames(site, moved=moved)
        earlier = earlier_imports(storage, site, PROGRAMS[state.program])
        arrange_file(plan, path, read, names, options, report, MAX_UNPACKED_UPLOAD, lambda done, total: None, earlier)
        return _store_rows(storage, site, state, plan)


def _store_rows(storage: Storage, site: Site, state: ImportState, plan: ImportPlan) -> int:
    batches = map(packed_batch, in_batches(plan.planned(), BATCH_SIZE))
    return storage.import_uploads.replace_rows(site.id, state.id, batches)


def _add_batch(storage: Storage, site: Site, state: ImportState, names: Pseudonyms) -> None:
    """Check or import one batch, and record that. The report is that of the check."""
    is_check = state.phase is ImportPhase.CHECKING
    packed = storage.import_uploads.rows(site.id, state.id, state.done) if state.done < state.total else None
    if packed is None:
        _finish(storage, site, state)
        return
    report = ImportReport.from_json(state.report)
    importer = BatchImporter(storage, site, PROGRAMS[state.program], names, report, dry_run=is_check)
    importer.add(unpacked_batch(packed))
    checked = importer.report.to_json() if is_check else state.report
    storage.import_uploads.replace(site.id, state, replace(state, done=state.done + 1, report=checked))


def _finish(storage: Storage, site: Site, state: ImportState) -> None:
    after = replace(state, phase=ImportPhase.READY if state.phase is ImportPhase.CHECKING else ImportPhase.DONE)
    if state.done < state.total:
        after = replace(state, phase=ImportPhase.FAILED, problem=EXPIRED)
    if storage.import_uploads.replace(site.id, state, after) and after.phase is not ImportPhase.READY:
        storage.import_uploads.forget(site.id, state.id)

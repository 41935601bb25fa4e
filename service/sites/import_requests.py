"""Steps of an import that an owner takes, on the page or by the API: upload a file, start, discard."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from comments.audit import AuditAction
from comments.errors import ActionNotAllowed, Invalid, Problem, StaleVersion
from comments.import_programs import PROGRAMS
from comments.job_queue import IMPORT_UPLOAD
from comments.pseudonyms import new_id
from comments.site import Site
from comments.storage.import_uploads import ImportPhase, ImportState
from comments.thread_plans import mapping_of
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.upload_limits import MAX_UPLOAD

#: Bytes of one piece of a file in the store.
PIECE_SIZE = 256 * 1024
_UNDER_WAY = "An import is under way. Wait until it has finished, or discard it."
_TOO_LARGE = (
    f"is larger than {MAX_UPLOAD // 2**20} MiB: compress it with gzip or zip, or import it with `replygate import` on "
    "the server"
)


def store_upload(site: Site, signed: SignedIn, wanted: ImportState, file: BinaryIO) -> None:
    """Store a file, and let the background worker check it. Raises Invalid, and ActionNotAllowed during an import."""
    uploads, before = deps().storage.import_uploads, deps().storage.import_uploads.get(site.id)
    if before is not None and before.is_working:
        raise ActionNotAllowed(_UNDER_WAY)
    mapping_of((line.split(",") for line in wanted.pages.splitlines()), site)
    first = file.read(PIECE_SIZE)
    if not first:
        raise Invalid([Problem("file", "required", "is empty. Choose the file that you exported")])
    state = replace(wanted, id=new_id(), by=signed.person.name, started=deps().now(), phase=ImportPhase.UPLOADED)
    is_stored = False
    try:
        uploads.add_pieces(site.id, state.id, _pieces(first, file))
        is_stored = uploads.replace(site.id, before, state)
    finally:
        if not is_stored:
            uploads.forget(site.id, state.id)
    if not is_stored:
        raise StaleVersion("Someone else changed this import at the same moment. Look at it again.")
    if before is not None:
        uploads.forget(site.id, before.id)
    deps().jobs.enqueue(IMPORT_UPLOAD, site.id)


def _pieces(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    """Raises Invalid behind the limit."""
    size, piece = 0, first
    while piece:
        size += len(piece)
        if size > MAX_UPLOAD:
            raise Invalid([Problem("file", "too-large", _TOO_LARGE)])
        yield piece
        piece = file.read(PIECE_SIZE)


def start_checked(site: Site, signed: SignedIn) -> ImportState:
    """Import what was checked. Raises ActionNotAllowed if nothing is."""
    before = deps().storage.import_uploads.get(site.id)
    if before is None or before.phase is not ImportPhase.READY:
        raise ActionNotAllowed("There is no checked file to import. Upload one first.")
    after = replace(before, phase=ImportPhase.IMPORTING, done=0)
    if not deps().storage.import_uploads.replace(site.id, before, after):
        raise StaleVersion("Someone else changed this import at the same moment. Look at it again.")
    label = PROGRAMS[after.program].label
    deps().storage.audit.append(entry(signed, AuditAction.IMPORT, after=label, site=site.id))
    deps().jobs.enqueue(IMPORT_UPLOAD, site.id)
    return after

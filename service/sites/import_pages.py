"""Page on which owners import comments: upload an export, look at the report of the dry run, start, and watch."""

from contextlib import closing
from typing import Literal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict

from comments.errors import Invalid, Problem
from comments.import_programs import PROGRAMS
from comments.import_report import ImportReport
from comments.site import Site
from comments.storage.import_uploads import ImportPhase, ImportState, discard_import
from comments.thread_plans import mapping_text
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import validated
from service.web.upload_limits import MAX_UPLOAD

from .import_requests import start_checked, store_upload

blueprint = Blueprint("import_pages", __name__, url_prefix="/sites/<site>/import")

#: Characters of the name of an uploaded file that are shown.
MAX_FILE_NAME = 120


class ImportStepForm(BaseModel):
    """The form of a step: upload a file with choices, start the import, or discard it."""

    model_config = ConfigDict(extra="forbid")

    csrf: str = ""
    step: Literal["upload", "start", "discard"] = "upload"
    program: str = "wxr"
    pingbacks: bool = False
    unpublished: bool = False


@blueprint.get("")
def comment_import_page(site: str) -> str:
    signed = sessions.require_role(site, "owner")
    return _page(site_cache.get_site(site), signed, ImportStepForm())


def _page(site: Site, signed: SignedIn, form: ImportStepForm, problems: tuple[Problem, ...] = ()) -> str:
    state = deps().storage.import_uploads.get(site.id)
    return render_template(
        "sites/import.html",
        site=site,
        signed=signed,
        form=form,
        problems=problems,
        state=state,
        label=PROGRAMS[state.program].label if state else "",
        report=ImportReport.from_json(state.report) if state and state.report else None,
        programs=[(program.name, f"{program.label}: {program.file}") for program in PROGRAMS.values()],
        max_upload=MAX_UPLOAD // 2**20,
        phases=ImportPhase,
    )


@blueprint.post("")
def take_step(site: str) -> ResponseReturnValue:
    signed, found = sessions.require_change(site, "owner"), site_cache.get_site(site)
    fields = {name: value for name, value in request.form.items() if name not in ("file", "pages")}
    form = ImportStepForm()
    try:
        form = validated(ImportStepForm, fields, strict=False)
        if form.step == "start":
            start_checked(found, signed)
        elif form.step == "discard":
            discard_import(deps().storage.import_uploads, site)
        else:
            _upload(found, signed, form)
    except Invalid as error:
        return _page(found, signed, form, error.problems), 422
    return redirect(url_for("import_pages.comment_import_page", site=site), 303)


def _upload(site: Site, signed: SignedIn, form: ImportStepForm) -> None:
    """Raises Invalid."""
    file, pages = request.files.get("file"), request.files.get("pages")
    if file is None or not file.filename:
        raise Invalid([Problem("file", "required", "is missing. Choose the file that you exported")])
    if form.program not in PROGRAMS:
        raise Invalid([Problem("program", "unknown", "must be one of the list")])
    mapping = mapping_text(pages.read()) if pages and pages.filename else ""
    wanted = ImportState(
        "", form.program, "", deps().now(), ImportPhase.UPLOADED, file.filename[:MAX_FILE_NAME], mapping,
        form.pingbacks, form.unpublished,
    )  # fmt: skip
    with closing(file):  # it is spooled to disk
        store_upload(site, signed, wanted, file.stream)  # type: ignore[arg-type]  # it has `read`

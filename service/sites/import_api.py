"""Import comments by the API, for owners: the same steps and the same report as on the page."""

from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field

from comments.errors import NotFound
from comments.storage.import_uploads import ImportPhase, ImportState, discard_import
from service.accounts import sessions
from service.deps import deps
from service.web import site_cache
from service.web.operations import operation, parsed_query
from service.web.upload_limits import MAX_UPLOAD

from .import_requests import start_checked, store_upload

blueprint = Blueprint("import_api", __name__, url_prefix="/v1/sites/<site>/import")


class ImportQuery(BaseModel):
    """The program that exported the file, and choices."""

    model_config = ConfigDict(extra="forbid")

    program: Literal["wxr", "disqus", "isso", "remark42", "commento", "replygate"] = Field(
        description="Program of the export. Of one of Replygate, only the comments are imported."
    )
    name: str = Field(default="", max_length=120, description="Name of the file, to show.")
    pingbacks: bool = Field(default=False, description="Import pingbacks and trackbacks too.")
    unpublished: bool = Field(default=False, description="Import comments on drafts and private pages too.")


class ImportAnswer(BaseModel):
    """An import, its progress and its report."""

    id: str
    program: str
    file: str
    by: str = Field(description="Name of the person who uploaded the file.")
    started: datetime
    phase: ImportPhase = Field(description="`ready`: the dry run is complete, and the import can be started.")
    percent: int = Field(description="Progress of this phase.")
    problem: str = Field(description="Reason of a failure, and what to do.")
    report: dict[str, Any] = Field(
        description="`rows`, `pages`, `added` by status, `present` from earlier imports, `lessons` (how many "
        "teach the spam filter at most), and lists of what is `skipped` and `changed`, each with `reason`, `n` and "
        "`examples`."
    )


def import_answer(state: ImportState) -> ImportAnswer:
    return ImportAnswer(
        id=state.id,
        program=state.program,
        file=state.file,
        by=state.by,
        started=state.started,
        phase=state.phase,
        percent=state.percent,
        problem=state.problem,
        report=dict(state.report),
    )


def _state(site: str) -> ImportState:
    state = deps().storage.import_uploads.get(site)
    if state is None:
        raise NotFound("there is no import")
    return state


@blueprint.get("")
@operation(
    summary="Get the progress and the report of an import",
    description="For owners. An import is kept for a week.",
    answers={200: ImportAnswer},
    auth="session",
    tags=("review",),
    errors=(401, 403, 404),
)
def get_import(site: str) -> ImportAnswer:
    sessions.require_role(site, "owner")
    return import_answer(_state(site))


@blueprint.post("")
@operation(
    summary="Upload an export and check it",
    description=f"For owners. The body is the file, up to {MAX_UPLOAD // 2**20} MiB; gzip and zip are read. Nothing is "
    "imported yet: get the report, then start the import. See the [documentation](import.md).",
    query=ImportQuery,
    answers={202: ImportAnswer},
    auth="session",
    tags=("review",),
    errors=(401, 403, 404, 409, 413, 422),
    parse=False,
)
def upload_export(site: str) -> ImportAnswer:
    signed = sessions.require_change(site, "owner")
    query = parsed_query(ImportQuery)
    wanted = ImportState(
        "", query.program, "", deps().now(), ImportPhase.UPLOADED, query.name,
        pingbacks=query.pingbacks, unpublished=query.unpublished,
    )  # fmt: skip
    store_upload(site_cache.get_site(site), signed, wanted, request.stream)  # type: ignore[arg-type]  # it has `read`
    return import_answer(_state(site))


@blueprint.post("/start")
@operation(
    summary="Start an import that was checked",
    description="For owners. Repeating a finished import adds nothing.",
    answers={202: ImportAnswer},
    auth="session",
    tags=("review",),
    errors=(401, 403, 404, 409, 422),
)
def start_import(site: str) -> ImportAnswer:
    signed = sessions.require_change(site, "owner")
    return import_answer(start_checked(site_cache.get_site(site), signed))


@blueprint.delete("")
@operation(
    summary="End an import and delete its file",
    description="For owners. What was imported stays.",
    answers={204: "The import is gone."},
    auth="session",
    tags=("review",),
    errors=(401, 403, 404),
)
def end_import(site: str) -> Response:
    sessions.require_change(site, "owner")
    discard_import(deps().storage.import_uploads, site)
    return Response(status=204)

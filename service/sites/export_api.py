"""Export of a site for its owners, by API and on its pages: streamed, in flat memory."""

from flask import Blueprint, Response

from comments.archive.site_export import export_lines
from comments.audit import AuditAction
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.operations import operation

blueprint = Blueprint("export_api", __name__, url_prefix="/v1/sites/<site>")

EXPORT_MEDIA = "application/x-ndjson"


@blueprint.get("/export")
@operation(
    summary="Export everything of a site",
    description=(
        "JSON lines, as `replygate export` writes them and `replygate import replygate` reads them. "
        "Secrets are left out, and named in `left_out` of the second line. The answer is streamed. It is whole if its "
        "last line has the kind `end`."
    ),
    answers={200: "The lines, each a JSON object with a `kind`."},
    media=EXPORT_MEDIA,
    errors=(401, 403, 404),
    auth="session",
    tags=("sites",),
)
def export_site_by_api(site: str) -> Response:
    return export_response(site, sessions.require_role(site, "owner", even_deleted=True))


def export_response(site: str, signed: SignedIn) -> Response:
    """Stream an export, and record it in the audit log before its first line."""
    storage = deps().storage
    lines = export_lines(storage, storage.sites.get(site), deps().pseudonyms)
    storage.audit.append(entry(signed, AuditAction.EXPORT, site=site))
    headers = {"Content-Disposition": f'attachment; filename="{site}-comments.jsonl"', "Cache-Control": "no-store"}
    return Response((f"{line}\n" for line in lines), mimetype=EXPORT_MEDIA, headers=headers)

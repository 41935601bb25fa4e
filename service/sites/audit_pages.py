"""The audit log: of a site for its owners, of the deployment for operators."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.audit import ACTS, AUDIT_LABELS, VIA_LABELS, AuditAction, AuditEntry, AuditQuery
from comments.errors import Invalid, Problem
from comments.lifecycle import Status
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import parsed_query

blueprint = Blueprint("audit_pages", __name__)

ENTRIES_PER_PAGE = 50
#: Label of each kind of subject, which is the part of an action before its dot.
KIND_LABELS = {
    "comment": "Comments",
    "standing": "Rules",
    "site": "Site and settings",
    "key": "API keys",
    "webhook": "Webhooks",
    "channel": "Notice channels",
    "person": "Team",
    "link": "Sign-in links",
    "session": "Sessions",
    "account": "Accounts",
    "export": "Exports",
    "user-key": "Keys for signed users",
    "erasure": "Erasures",
    "report": "Reports",
    "thread": "Threads",
}
ACTIONS_BY_KIND = {
    kind: [action for action in ACTS if action.partition(".")[0] == kind]
    for kind in dict.fromkeys(action.partition(".")[0] for action in ACTS)
}


class AuditLogQuery(BaseModel):
    """The query string of the page. Days are in UTC."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field("", max_length=100)
    action: str = Field("", max_length=60)
    subject: str = Field("", max_length=300)
    origin: str = Field("", max_length=40)
    since: str = Field("", max_length=10)
    until: str = Field("", max_length=10, description="last day")
    cursor: str = Field("", max_length=40)

    def as_search(self) -> AuditQuery:
        """Raises Invalid."""
        until = _day("until", self.until)
        return AuditQuery(
            by=self.by.strip(),
            action=self.action,
            subject=self.subject.strip(),
            origin=self.origin.strip(),
            since=_day("since", self.since),
            until=until + timedelta(days=1) if until else None,
        )


def _day(name: str, text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
    except ValueError as error:
        raise Invalid([Problem(name, "malformed", "must be a day like 2026-11-22")]) from error


@blueprint.get("/sites/<site>/audit")
def site_audit_page(site: str) -> str:
    signed = sessions.require_role(site, "owner")
    return _page(signed, site=site, frame={"site": site_cache.get_site(site)})


@blueprint.get("/audit")
def deployment_audit_page() -> str:
    """Entries that belong to no site: sign-ins and changes of accounts."""
    return _page(sessions.require_operator(), site="", frame={})


def _page(signed: SignedIn, site: str, frame: dict[str, object]) -> str:
    view = parsed_query(AuditLogQuery)
    found = deps().storage.audit.page(site, view.as_search(), ENTRIES_PER_PAGE, view.cursor)
    return render_template(
        "sites/audit.html",
        **frame,
        signed=signed,
        view=view,
        found=found,
        actions_by_kind=ACTIONS_BY_KIND,
        kind_labels=KIND_LABELS,
        labels=AUDIT_LABELS,
        ways=VIA_LABELS,
        statuses={status.value: status.label for status in Status},
        of=site,
    )


@blueprint.post("/sites/<site>/audit/export")
def export_site_audit(site: str) -> ResponseReturnValue:
    signed = sessions.require_role(site, "owner")
    return _export(signed, site)


@blueprint.post("/audit/export")
def export_deployment_audit() -> ResponseReturnValue:
    return _export(sessions.require_operator(), "")


def _export(signed: SignedIn, site: str) -> Response:
    """Export all entries; the last one is about the export itself."""
    sessions.check_csrf(signed)
    storage = deps().storage
    storage.audit.append(entry(signed, AuditAction.EXPORT_AUDIT, site=site))
    answer = Response(
        (line.encode() + b"\n" for line in as_json_lines(storage.audit.all(site))), mimetype="application/x-ndjson"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="audit{"-" + site if site else ""}.jsonl"'
    return answer


def as_json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One JSON object per entry, the oldest first."""
    for e in entries:
        yield json.dumps({**asdict(e), "at": e.at.isoformat()}, ensure_ascii=False)

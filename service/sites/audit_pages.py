"""The audit log in words: of a site for its moderators, of the deployment and of all sites for operators."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.audit import ACTS, AUDIT_LABELS, VIA_LABELS, AuditAction, AuditEntry, AuditPage, AuditQuery
from comments.errors import Invalid, Problem
from comments.site import Site
from comments.storage.interfaces import Storage
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.csv_export import csv_response
from service.web.operations import parsed_query

from .audit_merge import merged_page
from .audit_sentences import plain_sentence, read_context, sentence
from .sentence_parts import SentencePart, without_emails

blueprint = Blueprint("audit_pages", __name__)

ENTRIES_PER_PAGE = 50
#: Entries whose comments are read together.
ENTRIES_IN_WORDS = 200
#: Label of each kind of subject, which is the part of an action before its dot.
KIND_LABELS = {
    "comment": "Comments",
    "standing": "Rules",
    "site": "Site and settings",
    "key": "API keys",
    "webhook": "Webhooks",
    "judging": "Judging",
    "intake": "New comments",
    "channel": "Notice channels",
    "person": "Team",
    "link": "Sign-in links",
    "session": "Sessions",
    "account": "Accounts",
    "export": "Exports",
    "user-key": "Keys for signed users",
    "akismet-key": "Akismet keys",
    "coral-secret": "Coral’s signing secret",
    "import": "Imports",
    "erasure": "Erasures",
    "report": "Reports",
    "thread": "Threads",
    "view": "Saved views",
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
    cursor: str = Field("", max_length=80)

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
    signed = sessions.require_role(site, "moderator")
    view, found = parsed_query(AuditLogQuery), site_cache.get_site(site)
    page = deps().storage.audit.page(site, view.as_search(), ENTRIES_PER_PAGE, view.cursor)
    hide = not sessions.may_see_emails(signed.person, found)
    return _page(signed, view, page, "audit_pages.site_audit_page", site=found, hide_emails=hide)


@blueprint.get("/audit")
def deployment_audit_page() -> str:
    """Entries that belong to no site: sign-ins and changes of accounts."""
    signed, view = sessions.require_operator(), parsed_query(AuditLogQuery)
    page = deps().storage.audit.page("", view.as_search(), ENTRIES_PER_PAGE, view.cursor)
    return _page(signed, view, page, "audit_pages.deployment_audit_page")


@blueprint.get("/ops/audit")
def all_audit_page() -> str:
    """Entries of all sites and of none, for operators."""
    signed, view, storage = sessions.require_operator(), parsed_query(AuditLogQuery), deps().storage
    logs = ["", *(site.id for site in storage.sites.all())]
    page = merged_page(storage.audit, logs, view.as_search(), ENTRIES_PER_PAGE, view.cursor)
    return _page(signed, view, page, "audit_pages.all_audit_page")


def _page(
    signed: SignedIn,
    view: AuditLogQuery,
    found: AuditPage,
    endpoint: str,
    site: Site | None = None,
    hide_emails: bool = False,
) -> str:
    action = url_for(endpoint, site=site.id) if site else url_for(endpoint)
    return render_template(
        "sites/audit.html",
        signed=signed,
        site=site,
        view=view,
        rows=_rows(found.rows, hide_emails, site),
        cursor=found.cursor,
        action=action,
        endpoint=endpoint,
        query={name: value for name, value in view.model_dump().items() if value and name != "cursor"},
        actions_by_kind=ACTIONS_BY_KIND,
        kind_labels=KIND_LABELS,
        labels=AUDIT_LABELS,
        ways=VIA_LABELS,
    )


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry with its sentence. `site` is None for an entry of no site, or of one that was removed."""

    entry: AuditEntry
    parts: list[SentencePart]
    site: Site | None


def _rows(entries: Sequence[AuditEntry], hide_emails: bool, site: Site | None) -> list[AuditRow]:
    """`site` is the one that all entries are about, if there is one."""
    storage = deps().storage
    known = [site] if site else storage.sites.all() if any(entry.site for entry in entries) else []
    sites = {each.id: each for each in known}
    contexts = {
        id: read_context(storage, sites.get(id), [entry for entry in entries if entry.site == id])
        for id in {entry.site for entry in entries}
    }
    rows = [AuditRow(e, sentence(e, contexts[e.site]), sites.get(e.site)) for e in entries]
    return [replace(row, parts=without_emails(row.parts)) for row in rows] if hide_emails else rows


@blueprint.post("/sites/<site>/audit/export")
def export_site_audit(site: str) -> ResponseReturnValue:
    signed = sessions.require_role(site, "owner")
    return _export(signed, site)


@blueprint.post("/audit/export")
def export_deployment_audit() -> ResponseReturnValue:
    return _export(sessions.require_operator(), "")


def _export(signed: SignedIn, site: str) -> Response:
    """Export all entries; the last one is about the export itself. The form field `format` may be "csv"."""
    sessions.check_csrf(signed)
    storage, name = deps().storage, f"audit{'-' + site if site else ''}"
    storage.audit.append(entry(signed, AuditAction.EXPORT_AUDIT, site=site))
    if request.form.get("format") == "csv":
        return csv_response(name, audit_csv(storage, site_cache.get_site(site) if site else None))
    answer = Response(
        (line.encode() + b"\n" for line in as_json_lines(storage.audit.all(site))), mimetype="application/x-ndjson"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.jsonl"'
    return answer


def audit_csv(storage: Storage, site: Site | None) -> Iterator[tuple[str, ...]]:
    """Yield the names of the columns, and a row for each entry, the oldest first."""
    yield ("time UTC", "person", "what", "action", "subject", "before", "after", "network", "via")
    for e, words in in_words(storage, site):
        yield (e.at.isoformat(), e.by, words, e.action, e.subject, e.before, e.after, e.origin, e.via)


def in_words(storage: Storage, site: Site | None) -> Iterator[tuple[AuditEntry, str]]:
    """Yield each entry of a site, or of the deployment, with its sentence, the oldest first."""
    remaining = storage.audit.all(site.id if site else "")
    while entries := list(islice(remaining, ENTRIES_IN_WORDS)):
        context = read_context(storage, site, entries)
        yield from ((e, plain_sentence(e, context)) for e in entries)


def as_json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One JSON object per entry, the oldest first."""
    for e in entries:
        yield json.dumps({**asdict(e), "at": e.at.isoformat()}, ensure_ascii=False)

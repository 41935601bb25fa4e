"""Personal data for owners: when data is deleted, and the export and erasure of one person's data."""

import json
from datetime import timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.data_subjects import Subject
from comments.erasure_requests import named_subject, quick_preview, request_erasure
from comments.erasures import receipt
from comments.errors import Invalid, NotFound, Problem
from comments.job_queue import ERASE
from comments.published_retention import count_quiet
from comments.setting_groups.privacy_settings import MAX_DAYS
from comments.site import Site
from comments.storage.retention import RetentionClass
from comments.subject_export import export_subject
from comments.text_deletion import deletion_limits
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps

blueprint = Blueprint("subject_pages", __name__, url_prefix="/sites/<site>/privacy")

#: Days that the schedule looks ahead.
AHEAD = 7
#: Comments that a preview shows.
FIRST_COMMENTS = 5
#: Texts with the person's name that a preview shows, and the words for their kinds.
MENTIONS_SHOWN = 20
MENTION_KINDS = {
    "views": "Saved view",
    "rules": "Rule",
    "bulk_actions": "Bulk action",
    "notes": "Note on the comment",
    "words": "Setting",
}
#: Names of the fields of the form, one of which names the person.
PERSON_FIELDS = ("email", "id", "user")


@blueprint.get("")
def privacy_page(site: str) -> str:
    signed = sessions.require_role(site, "owner")
    return _page(deps().storage.sites.get(site), signed)


def _page(site: Site, signed: SignedIn, problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "sites/privacy.html",
        site=site,
        signed=signed,
        now=deps().now(),
        ahead=AHEAD,
        schedule=scheduled_deletions(site),
        published=count_quiet(deps().storage, site, site.published_days, deps().now() + timedelta(days=AHEAD)),
        tried=(tried := _tried_days()),
        trial=count_quiet(deps().storage, site, tried, deps().now()),
        erasures=deps().storage.subjects.erasures(site.id),
        form={name: request.form.get(name, "") for name in PERSON_FIELDS},
        linked="linked" in request.form,
        problems=problems,
    )


def _tried_days() -> int:
    """Return the days for which the page shows what a site would delete; 0 for none."""
    text = request.args.get("published_days", "")
    return min(int(text), MAX_DAYS) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def scheduled_deletions(site: Site) -> dict[str, int]:
    """Count the comments that lose their text, or their browser and network, in the next days."""
    limits = deletion_limits(site, deps().now() + timedelta(days=AHEAD))
    counts = dict(zip(limits, deps().storage.retention.counts(site.id, [*limits.items()]), strict=True))
    texts = counts.get(RetentionClass.REFUSED, 0) + counts.get(RetentionClass.WITHDRAWN, 0)
    return {"texts": texts, "details": counts.get(RetentionClass.DETAILS, 0)}


@blueprint.post("/person")
def person_action(site: str) -> ResponseReturnValue:
    """Show what the site has about a person, export it, or ask for its erasure."""
    signed, found = sessions.require_change(site, "owner"), deps().storage.sites.get(site)
    try:
        person = _person(found)
    except Invalid as error:
        return _page(found, signed, tuple(error.problems)), 422
    step = request.form.get("step", "")
    if step == "export":
        return _download(found, person, signed)
    if step == "erase" and request.form.get("typed", "").strip() == _identifier():
        deps().storage.audit.append(entry(signed, AuditAction.ERASURE_ASKED, site=site))
        keeps = request.form.get("lessons", found.erased_lessons) == "keep"
        request_erasure(
            deps().storage, found, person, signed.person.name, deps().now(), keeps, request.form.get("email", "")
        )
        deps().jobs.enqueue(ERASE, site)
        return redirect(url_for("subject_pages.privacy_page", site=site, _anchor="erasures"), 303)
    wrong = (Problem("typed", "different", f"must be {_identifier()}"),) if step == "erase" else ()
    return _preview(found, person, signed, wrong), 422 if wrong else 200


def _identifier() -> str:
    return next((value for name in PERSON_FIELDS if (value := request.form.get(name, "").strip())), "")


def _person(site: Site) -> Subject:
    """Raises Invalid, also for a comment that is not there."""
    names = {name: request.form.get(name, "").strip() for name in PERSON_FIELDS}
    person = named_subject(deps().storage, site, deps().pseudonyms, **names, linked="linked" in request.form)
    if person is None:
        raise Invalid([Problem("id", "missing", "is not the id of a comment of this site that has its text")])
    return person


def _preview(site: Site, person: Subject, signed: SignedIn, problems: tuple[Problem, ...]) -> str:
    return render_template(
        "sites/person.html",
        site=site,
        signed=signed,
        now=deps().now(),
        found=quick_preview(deps().storage, site, person, request.form.get("email", "")),
        comments_shown=FIRST_COMMENTS,
        mentions_shown=MENTIONS_SHOWN,
        mention_kinds=MENTION_KINDS,
        identifier=_identifier(),
        form={name: request.form.get(name, "") for name in PERSON_FIELDS},
        linked=person.linked,
        problems=problems,
    )


def _download(site: Site, person: Subject, signed: SignedIn) -> Response:
    document = export_subject(deps().storage, site, person, deps().now())
    deps().storage.audit.append(entry(signed, AuditAction.SUBJECT_EXPORT, site=site.id))
    body = json.dumps(document, ensure_ascii=False, indent=2)
    name = f'attachment; filename="{site.id}-person.json"'
    return Response(body, mimetype="application/json", headers={"Content-Disposition": name})


@blueprint.get("/receipts/<id>")
def receipt_file(site: str, id: str) -> Response:
    """Raises NotFound while the erasure goes on."""
    sessions.require_role(site, "owner")
    erasure = deps().storage.subjects.get(site, id)
    if not erasure.is_done:
        raise NotFound("this erasure is not finished")
    body = json.dumps(receipt(erasure, deps().pseudonyms), ensure_ascii=False, indent=2)
    name = f'attachment; filename="receipt-{id}.json"'
    return Response(body, mimetype="application/json", headers={"Content-Disposition": name})

"""The settings of a site for its owners: a form for each group, with a preview of what a change would do."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction, AuditEntry
from comments.errors import Invalid, NotFound, Problem, StaleVersion
from comments.hidden_replies import show_all_replies, stops_hiding
from comments.setting_values import SettingGroup
from comments.site import Site
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import asked_checks
from service.web.client_network import client_network
from service.web.site_cache import forget_site

from .program_rows import program_rows
from .settings import as_text, describe_settings, with_form
from .settings_form import (
    OWN,
    OWN_FIELD,
    differing_texts,
    group_version,
    setting_groups,
    settings_of,
    stored_texts,
    typed_texts,
)
from .settings_preview import PREVIEW_OUTCOMES, SettingsPreview, ask_for_preview, read_preview

blueprint = Blueprint("settings_pages", __name__, url_prefix="/sites/<site>/settings")

#: Characters of a value in the audit log; only long lists of words have more.
MAX_AUDITED = 300
FIRST_GROUP = "site"

CHANGED_MEANWHILE = "Someone changed these settings after you read them. Read them again and try again."


@blueprint.get("", defaults={"group": FIRST_GROUP})
@blueprint.get("/<group>")
def settings_page(site: str, group: str) -> str:
    """Read the site from storage: the site cache may be a second old. A preview shows the settings that it is about."""
    signed = sessions.require_role(site, "owner")
    shown, stored, id = _group(group), deps().storage.sites.get(site), request.args.get("preview", "")
    preview = read_preview(deps(), site, id, signed.person.name) if id else None
    texts = stored_texts(preview.site if preview else stored, settings_of(group))
    return _page(
        preview.stored if preview else stored,
        shown,
        signed,
        texts,
        is_saved="saved" in request.args,
        preview=preview,
        is_expired=bool(id and not preview),
    )


def _group(name: str) -> SettingGroup:
    """Raises NotFound."""
    if name not in setting_groups():
        raise NotFound("there is no such group of settings")
    return setting_groups()[name]


def _page(
    site: Site,
    group: SettingGroup,
    signed: SignedIn,
    texts: dict[str, str],
    is_saved: bool = False,
    problems: Iterable[Problem] = (),
    preview: SettingsPreview | None = None,
    is_expired: bool = False,
    is_changed_meanwhile: bool = False,
) -> str:
    settings = settings_of(group.name)
    stored = stored_texts(site, settings)
    return render_template(
        "sites/settings.html",
        site=site,
        signed=signed,
        groups=setting_groups().values(),
        group=group,
        settings=settings,
        texts=texts,
        is_saved=is_saved,
        messages={problem.field: problem.message for problem in problems},
        version=group_version(site, settings),
        preview=preview,
        look_again=asked_checks.next_look("preview"),
        is_expired=is_expired,
        is_changed=(preview is not None or is_changed_meanwhile) and texts != stored,
        now_stored=differing_texts(stored, texts, settings) if is_changed_meanwhile else None,
        outcomes=PREVIEW_OUTCOMES,
        own=OWN,
        own_field=OWN_FIELD,
        programs=program_rows(deps(), site) if group.name == "programs" else (),
        now=deps().now(),
    )


@blueprint.post("", defaults={"group": FIRST_GROUP})
@blueprint.post("/<group>")
def save(site: str, group: str) -> ResponseReturnValue:
    """Save a group. If another owner changed it after the form was loaded, show both values, and save nothing."""
    signed = sessions.require_change(site, "owner")
    shown, before, settings = _group(group), deps().storage.sites.get(site), settings_of(group)
    texts = typed_texts(request.form, settings)
    try:
        after = with_form(before, texts)
    except Invalid as error:
        return _page(before, shown, signed, texts, problems=error.problems), 422
    try:
        if request.form.get("version", "") != group_version(before, settings):
            raise StaleVersion(CHANGED_MEANWHILE)
        store_settings(signed, before, after)
    except StaleVersion:
        return _page(deps().storage.sites.get(site), shown, signed, texts, is_changed_meanwhile=True), 409
    return redirect(url_for("settings_pages.settings_page", site=site, group=group, saved=""), 303)


@blueprint.post("/<group>/preview")
def ask_to_preview(site: str, group: str) -> ResponseReturnValue:
    """Ask the judge, and go to the page that shows the answer as soon as it is there. Nothing is saved."""
    signed = sessions.require_change(site, "owner")
    shown, stored, texts = _group(group), deps().storage.sites.get(site), typed_texts(request.form, settings_of(group))
    try:
        changed = with_form(stored, texts)
    except Invalid as error:
        return _page(stored, shown, signed, texts, problems=error.problems), 422
    id = ask_for_preview(deps(), stored, changed, signed.person.name)
    return redirect(url_for("settings_pages.settings_page", site=site, group=group, preview=id, _anchor="preview"), 303)


def store_settings(signed: SignedIn, before: Site, after: Site) -> None:
    """Raises StaleVersion if the site is not `before` any more."""
    entries = audit_entries(before, after, entry(signed, AuditAction.SITE_SET))
    if not deps().storage.sites.compare_and_set(before, after, *entries):
        raise StaleVersion(CHANGED_MEANWHILE)
    forget_site(after.id)
    if stops_hiding(before, after):
        show_all_replies(deps().storage, after.id, signed.person.name, deps().now(), client_network(deps()))


def audit_entries(before: Site, after: Site, template: AuditEntry) -> Iterator[AuditEntry]:
    """One entry, made from `template`, for each setting that changed."""
    for name in describe_settings():
        old, new = (as_text(getattr(site, name)) for site in (before, after))
        if old != new:
            yield replace(template, subject=name, before=old[:MAX_AUDITED], after=new[:MAX_AUDITED], site=after.id)

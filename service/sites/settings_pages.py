"""The settings form for owners of a site."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction, AuditEntry
from comments.errors import Invalid, Problem, StaleVersion
from comments.hidden_replies import show_all_replies, stops_hiding
from comments.site import Site
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.client_network import client_network

from .settings import Setting, as_lines, as_text, describe_settings, settings_version, with_form

blueprint = Blueprint("settings_pages", __name__, url_prefix="/sites/<site>/settings")

#: Characters of a value in the audit log; only long lists of words have more.
MAX_AUDITED = 300


def grouped_settings() -> list[tuple[str, list[Setting]]]:
    """Heading and settings of each part of the form."""
    by_group = groupby(describe_settings().values(), key=lambda setting: setting.group.title)
    return [(title, list(settings)) for title, settings in by_group]


@blueprint.get("")
def settings_page(site: str) -> str:
    """Read the site from storage: the site cache may be a second old."""
    signed = sessions.require_role(site, "owner")
    stored = deps().storage.sites.get(site)
    texts = {name: _text(stored, setting) for name, setting in describe_settings().items()}
    return _page(stored, signed, texts, is_saved="saved" in request.args)


def _text(site: Site, setting: Setting) -> str:
    value = getattr(site, setting.name)
    return as_lines(value) if setting.type == "lines" else as_text(value)


def _page(
    site: Site, signed: SignedIn, texts: dict[str, str], is_saved: bool = False, problems: Iterable[Problem] = ()
) -> str:
    return render_template(
        "sites/settings.html",
        site=site,
        signed=signed,
        groups=grouped_settings(),
        texts=texts,
        is_saved=is_saved,
        messages={problem.field: problem.message for problem in problems},
        version=settings_version(site),
    )


@blueprint.post("")
def save(site: str) -> ResponseReturnValue:
    """Raises StaleVersion if another owner changed the settings after the form was loaded."""
    signed = sessions.require_change(site, "owner")
    before = deps().storage.sites.get(site)
    texts = {
        name: request.form.get(name, "no" if setting.type == "boolean" else "")
        for name, setting in describe_settings().items()
    }
    try:
        after = with_form(before, texts)
    except Invalid as error:
        return _page(before, signed, texts, problems=error.problems), 422
    entries = audit_entries(before, after, entry(signed, AuditAction.SITE_SET))
    is_stale = request.form.get("version", "") != settings_version(before)
    if is_stale or not deps().storage.sites.compare_and_set(before, after, *entries):
        raise StaleVersion("Someone changed these settings after you opened the page. Reload it and try again.")
    if stops_hiding(before, after):
        show_all_replies(deps().storage, site, signed.person.name, deps().now(), client_network(deps()))
    return redirect(url_for("settings_pages.settings_page", site=site, saved=""), 303)


def audit_entries(before: Site, after: Site, template: AuditEntry) -> Iterator[AuditEntry]:
    """One entry, made from `template`, for each setting that changed."""
    for name in describe_settings():
        old, new = (as_text(getattr(site, name)) for site in (before, after))
        if old != new:
            yield replace(template, subject=name, before=old[:MAX_AUDITED], after=new[:MAX_AUDITED], site=after.id)

"""Save, rename and delete views of the queue: forms on the queue page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from comments.audit import AuditAction, AuditEntry
from comments.errors import Invalid, Problem, StaleVersion
from comments.person import Person
from comments.saved_views import MAX_VIEW_NAME, SavedView, renamed, with_view, without_view
from service.accounts import sessions
from service.accounts.audit_trail import entry, replace_person
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.operations import validated

from .schemas import Strict
from .search import QueueView, check_view

blueprint = Blueprint("saved_view_pages", __name__, url_prefix="/review")

#: Stands for the list of all sites in addresses.
SITES_TOGETHER = "all"

Name = Field(min_length=1, max_length=MAX_VIEW_NAME, pattern=r"^\S(.*\S)?$")


class SaveForm(QueueView):
    """The view to save, as fields of its address."""

    csrf: str = ""
    name: str = Name
    shared: bool = False


class ChangeForm(Strict):
    csrf: str = ""
    step: str = Field(pattern="^(rename|delete)$")
    name: str = Field(max_length=MAX_VIEW_NAME)
    new_name: str = Field("", max_length=MAX_VIEW_NAME)
    shared: bool = False


class NewName(Strict):
    new_name: str = Name


def views_for(person: Person, site: str) -> list[SavedView]:
    """A person's own views of a site ("" is the list of all sites), then those of its team."""
    own = [view for view in person.views if view.site == site]
    return own + (list(deps().storage.shared_views.all(site)) if site else [])


def query_of(view: QueueView) -> str:
    """The view as it is saved."""
    return urlencode(view.params())


def address_of(view: SavedView) -> str:
    """The address of the list that a view stands for."""
    params: dict[str, Any] = dict(parse_qsl(view.query))
    if view.site:
        return url_for("queue_pages.queue", **{**params, "site": view.site})
    return url_for("queue_pages.queue_of_all_sites", **params)


@blueprint.post("/<site>/views")
def save_view(site: str) -> ResponseReturnValue:
    """Save the view, in place of one with the same name."""
    signed, of = _signed_in(site)
    form = validated(SaveForm, request.form.to_dict(), strict=False)
    check_view(form, form.status, form.order, list(signed.person.roles), all_sites=not of)
    view = SavedView(of, form.name, query_of(form))
    if form.shared:
        _require_moderator(signed, of)
        before = deps().storage.shared_views.all(of)
        after = with_view(before, replace(view, by=signed.person.name))
        _share(before, after, entry(signed, AuditAction.VIEW_SHARE, form.name, after=view.query, site=of))
    else:
        _keep(signed, with_view(signed.person.views, view))
    return redirect(address_of(view), 303)


@blueprint.post("/<site>/views/changes")
def change_view(site: str) -> ResponseReturnValue:
    """Rename or delete a view."""
    signed, of = _signed_in(site)
    form = validated(ChangeForm, request.form.to_dict(), strict=False)
    if form.shared:
        _require_moderator(signed, of)
    views = deps().storage.shared_views.all(of) if form.shared else signed.person.views
    if form.step == "delete":
        after = without_view(views, of, form.name)
    else:
        after = renamed(views, of, form.name, validated(NewName, {"new_name": form.new_name}, strict=False).new_name)
    if form.shared:
        action = AuditAction.VIEW_DELETE if form.step == "delete" else AuditAction.VIEW_RENAME
        _share(views, after, entry(signed, action, form.name, after=form.new_name, site=of))
    else:
        _keep(signed, after)
    return redirect(url_for("queue_pages.queue", site=of) if of else url_for("queue_pages.queue_of_all_sites"), 303)


def _signed_in(site: str) -> tuple[SignedIn, str]:
    """The person, and the site of the view: "" for the list of all sites. Viewers may save views of their own."""
    signed = sessions.require_sign_in() if site == SITES_TOGETHER else sessions.require_role(site, "viewer")
    sessions.check_csrf(signed)
    return signed, "" if site == SITES_TOGETHER else site


def _require_moderator(signed: SignedIn, site: str) -> None:
    """Raises Invalid: views for a team are shared by its moderators, and the list of all sites has no team."""
    if not site or not sessions.has_role(signed.person, site, "moderator"):
        raise Invalid([Problem("shared", "not-allowed", "needs a site on which you are a moderator")])


def _keep(signed: SignedIn, views: Sequence[SavedView]) -> None:
    replace_person(signed.person, replace(signed.person, views=tuple(views)))


def _share(before: Sequence[SavedView], after: Sequence[SavedView], audit_entry: AuditEntry) -> None:
    """Raises StaleVersion."""
    if not deps().storage.shared_views.replace(audit_entry.site, before, after, audit_entry):
        raise StaleVersion("Someone else changed the saved views. Reload the page and try again.")

"""Pages to export, delete and restore a site, for its owners."""

from datetime import timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.errors import Problem, SiteDeleted, StaleVersion
from comments.site import Site
from comments.site_deletion import GRACE_PERIOD, deleted_site, removal_time, restored_site
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.errors import handle_error, prefers_html
from service.web.site_cache import forget_site

from .export_api import export_response

blueprint = Blueprint("site_deletion_pages", __name__, url_prefix="/sites/<site>")


@blueprint.get("/export")
def export(site: str) -> Response:
    """Stream everything as JSON lines, as `replygate export` writes them."""
    return export_response(site, sessions.require_role(site, "owner", even_deleted=True))


@blueprint.get("/delete")
def confirm_deletion(site: str) -> str:
    signed = sessions.require_role(site, "owner")
    return _page(deps().storage.sites.get(site), signed)


def _page(site: Site, signed: SignedIn, typed: str = "", problems: tuple[Problem, ...] = ()) -> str:
    total = sum(deps().storage.comments.counters(site.id).current.values())
    return render_template(
        "sites/delete_site.html",
        site=site,
        signed=signed,
        total=total,
        days=GRACE_PERIOD // timedelta(days=1),
        typed=typed,
        problems=problems,
    )


@blueprint.post("/delete")
def delete(site: str) -> ResponseReturnValue:
    """Delete the site if its name was typed. Raises StaleVersion if someone changed it in this moment."""
    signed, before = sessions.require_change(site, "owner"), deps().storage.sites.get(site)
    typed = request.form.get("name", "").strip()
    if typed != before.name:
        return _page(before, signed, typed, (Problem("name", "different", f"must be {before.name}"),)), 422
    _change(before, deleted_site(before, deps().now()), signed, AuditAction.SITE_DELETE)
    return redirect(url_for("site_deletion_pages.deleted", site=site), 303)


@blueprint.get("/deleted")
def deleted(site: str) -> ResponseReturnValue:
    """A deleted site as owners see it until its data is removed."""
    signed, found = sessions.require_role(site, "owner", even_deleted=True), deps().storage.sites.get(site)
    if not found.deleted:
        return redirect(url_for("queue_pages.queue", site=site), 303)
    return render_template(
        "sites/deleted_site.html",
        deleted_site=found,
        signed=signed,
        until=removal_time(found.deleted),
        now=deps().now(),
    )


@blueprint.post("/restore")
def restore(site: str) -> ResponseReturnValue:
    """Raises StaleVersion if the site is not deleted, and after the grace period."""
    signed = sessions.require_change(site, "owner", even_deleted=True)
    before = deps().storage.sites.get(site)
    _change(before, restored_site(before, deps().now()), signed, AuditAction.SITE_RESTORE)
    return redirect(url_for("queue_pages.queue", site=site), 303)


def _change(before: Site, after: Site, signed: SignedIn, action: AuditAction) -> None:
    if before == after:  # another request was faster
        return
    if not deps().storage.sites.compare_and_set(before, after, entry(signed, action, before.id, site=before.id)):
        raise StaleVersion("Someone changed this site in this moment. Please try again.")
    forget_site(before.id)


@blueprint.app_errorhandler(SiteDeleted)
def show_deleted_site(error: SiteDeleted) -> ResponseReturnValue:
    """Take owners to the page with the button that restores the site; everyone else gets the answer 410."""
    site = (request.view_args or {}).get("site", "")
    signed = sessions.read_session()
    is_owner = signed is not None and sessions.has_role(signed.person, site, "owner")
    if request.method != "GET" or not prefers_html() or not is_owner:
        return handle_error(error)
    return redirect(url_for("site_deletion_pages.deleted", site=site), 303)

"""API keys of a site: create, name, limit and revoke them, on a page for owners."""

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.errors import ActionNotAllowed, Invalid, NotFound, Problem, StaleVersion
from comments.site import Site
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.person_key_pages import check_password, checked_key_name
from service.accounts.sessions import SignedIn
from service.accounts.shown_once import redirect_with_secret, secrets_to_show, shown_response
from service.deps import deps
from service.web.site_access import new_site_key
from service.web.site_cache import forget_site

blueprint = Blueprint("site_key_pages", __name__, url_prefix="/sites/<site>/keys")

#: Keys of one site.
MAX_SITE_KEYS = 20
#: Values of the field with the rights of a key -> label and explanation.
KEY_RIGHTS = {
    "checks": ("Only checks", "For other programs: check comments and send feedback. Also for Perspective."),
    "server": ("Server", "For the server of your site: everything that the API offers, such as sending comments."),
}


@blueprint.get("")
def site_keys_page(site: str) -> Response:
    signed = sessions.require_role(site, "owner")
    shown = secrets_to_show(signed)
    done = request.args.get("done", "")
    return shown_response(_page(deps().storage.sites.get(site), signed, key=shown.get("key", ""), done=done))


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    return render_template("sites/site_keys.html", site=site, signed=signed, rights=KEY_RIGHTS, **context)


@blueprint.post("")
def create_site_key(site: str) -> ResponseReturnValue:
    """Create a key, and show it once."""
    signed, before = sessions.require_change(site, "owner"), deps().storage.sites.get(site)
    name, rights = request.form.get("name", ""), request.form.get("rights", "")
    try:
        check_password(signed, request.form.get("password", ""))
        whole = _add_key(signed, before, checked_key_name(name), _checked_rights(rights))
    except Invalid as error:
        return _page(before, signed, problems=error.problems, name=name, chosen=rights), 422
    except ActionNotAllowed as error:
        return _page(before, signed, trouble=str(error), name=name, chosen=rights), 422
    return redirect_with_secret(signed, url_for("site_key_pages.site_keys_page", site=site), key=whole)


def _checked_rights(rights: str) -> str:
    if rights not in KEY_RIGHTS:
        raise Invalid([Problem("rights", "unknown", "Choose what the key may do")])
    return rights


def _add_key(signed: SignedIn, before: Site, name: str, rights: str) -> str:
    if len(before.keys) >= MAX_SITE_KEYS:
        raise ActionNotAllowed(f"There are {MAX_SITE_KEYS} keys already. Revoke one that is not used any more.")
    made, whole = new_site_key()
    made = replace(made, name=name, only_checks=rights == "checks")
    _store(signed, before, replace(before, keys=(*before.keys, made)), AuditAction.KEY_MAKE, made.id, name)
    return whole


def _store(signed: SignedIn, before: Site, after: Site, action: AuditAction, id: str, name: str) -> None:
    made = action is AuditAction.KEY_MAKE
    audit_entry = entry(signed, action, id, "" if made else name, name if made else "", before.id)
    if not deps().storage.sites.compare_and_set(before, after, audit_entry):
        raise StaleVersion("Someone changed this site at the same moment. Try again.")
    forget_site(before.id)


@blueprint.post("/revoke")
def revoke_site_key(site: str) -> ResponseReturnValue:
    """Revoke a key. Requests with it are refused within a second."""
    signed, before = sessions.require_change(site, "owner"), deps().storage.sites.get(site)
    gone = next((key for key in before.keys if key.id == request.form.get("key", "")), None)
    if gone is None:
        raise NotFound("the site has no such key")
    after = replace(before, keys=tuple(key for key in before.keys if key.id != gone.id))
    _store(signed, before, after, AuditAction.KEY_REVOKE, gone.id, gone.name)
    return redirect(url_for("site_key_pages.site_keys_page", site=site, done="revoked"), 303)

"""Akismet keys of a site: create, rotate and remove them, on a page for owners.

Only the ids of keys are stored. The keys are derived, so that a dump of the store has none.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.errors import ActionNotAllowed, Invalid, Problem
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web.operations import validated
from service.web.site_cache import forget_site

from .key_steps import AKISMET_KEYS, KeyStep, change_keys_of

blueprint = Blueprint("akismet_pages", __name__, url_prefix="/sites/<site>/akismet")

#: Seconds in which the page with a new key has to load.
SHOWN_SECONDS = 60
AKISMET_MESSAGES = {
    "finish": "The old key is removed.",
    "remove": "The keys are removed. Programs that use them get no verdicts any more.",
}


class AkismetKeyForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    step: KeyStep
    password: str = Field(default="", max_length=200)
    confirm: str = Field(default="", max_length=10)


@blueprint.get("")
def akismet_page(site: str) -> str:
    """Show the page, with a new key if the address has its one-time code."""
    signed = sessions.require_role(site, "owner")
    found = deps().storage.sites.get(site)
    newest, code = next(iter(found.akismet_keys), ""), request.args.get("new", "")
    is_shown = newest and code and deps().storage.receipt_codes.redeem(site, _shown(newest), code)
    key = deps().pseudonyms.akismet_key(site, newest) if is_shown else ""
    return _page(found, signed, key=key, message=AKISMET_MESSAGES.get(request.args.get("done", ""), ""))


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    server = deps().settings.public_url.rstrip("/")
    return render_template("sites/akismet.html", site=site, signed=signed, server=server, **context)


def _shown(id: str) -> str:
    """Name the one-time code with which the page shows this key."""
    return f"akismet-key {id}"


@blueprint.post("")
def change_akismet_keys(site: str) -> ResponseReturnValue:
    """Change the keys and lead to the page, so that a reload changes nothing."""
    signed = sessions.require_change(site, "owner")
    fields = {name: request.form[name] for name in ("step", "password", "confirm") if name in request.form}
    try:
        form = validated(AkismetKeyForm, fields, strict=False)
        if form.step == "remove" and not form.confirm:
            raise Invalid([Problem("confirm", "required", "Confirm that all keys shall be removed.")])
        after = change_keys_of(site, AKISMET_KEYS, form.step, form.password, signed)
    except Invalid as error:
        return _page(deps().storage.sites.get(site), signed, problems=error.problems), 422
    except ActionNotAllowed as error:
        return _page(deps().storage.sites.get(site), signed, trouble=str(error)), 422
    forget_site(site)
    if form.step != "rotate":
        return redirect(url_for("akismet_pages.akismet_page", site=site, done=form.step), 303)
    code = deps().storage.receipt_codes.issue(site, _shown(after.akismet_keys[0]), SHOWN_SECONDS)
    return redirect(url_for("akismet_pages.akismet_page", site=site, new=code), 303)

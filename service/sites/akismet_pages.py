"""Akismet keys of a site: create, rotate and remove them, on a page for owners.

Only the ids of keys are stored. The keys are derived, so that a dump of the store has none.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.errors import ActionNotAllowed, Invalid, Problem
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.accounts.shown_once import redirect_with_secret, secrets_to_show, shown_response
from service.deps import deps
from service.web.operations import validated
from service.web.site_cache import forget_site

from .key_steps import AKISMET_KEYS, KeyStep, change_keys_of

blueprint = Blueprint("akismet_pages", __name__, url_prefix="/sites/<site>/akismet")

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
def akismet_page(site: str) -> Response:
    """Show the page, with a key that was created a moment ago."""
    signed = sessions.require_role(site, "owner")
    key, message = secrets_to_show(signed).get("key", ""), AKISMET_MESSAGES.get(request.args.get("done", ""), "")
    return shown_response(_page(deps().storage.sites.get(site), signed, key=key, message=message))


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    server = deps().settings.public_url.rstrip("/")
    return render_template("sites/akismet.html", site=site, signed=signed, server=server, **context)


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
    key = deps().pseudonyms.akismet_key(site, after.akismet_keys[0])
    return redirect_with_secret(signed, url_for("akismet_pages.akismet_page", site=site), key=key)

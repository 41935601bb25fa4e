"""Akismet keys of a site: create, rotate and remove them, on a page for owners.

Only the ids of keys are stored. The keys are derived, so that a dump of the store has none.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.errors import Invalid
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import SignedIn
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


@blueprint.get("")
def akismet_page(site: str) -> str:
    signed = sessions.require_role(site, "owner")
    return _page(deps().storage.sites.get(site), signed)


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    server = deps().settings.public_url.rstrip("/")
    return render_template("sites/akismet.html", site=site, signed=signed, server=server, **context)


@blueprint.post("")
def change_akismet_keys(site: str) -> ResponseReturnValue:
    """Show a new key once."""
    signed = sessions.require_change(site, "owner")
    fields = {name: request.form[name] for name in ("step", "password") if name in request.form}
    try:
        form = validated(AkismetKeyForm, fields, strict=False)
        after = change_keys_of(site, AKISMET_KEYS, form.step, form.password, signed)
    except Invalid as error:
        return _page(deps().storage.sites.get(site), signed, problems=error.problems), 422
    forget_site(site)
    key = deps().pseudonyms.akismet_key(site, after.akismet_keys[0]) if form.step == "rotate" else ""
    return _page(after, signed, key=key, message=AKISMET_MESSAGES.get(form.step, ""))

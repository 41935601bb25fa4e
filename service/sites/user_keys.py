"""Keys with which a site signs its users: create, rotate and remove them, on a page for owners and by the API.

Only the ids of keys are stored. Their secrets are derived, so that a dump of the store cannot sign.
"""

import secrets
from dataclasses import replace
from typing import Literal

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.audit import AuditAction, AuditEntry
from comments.errors import ActionNotAllowed, Invalid, Problem, StaleVersion
from comments.site import Site
from service.accounts import passwords, sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.accounts.sign_in import count_attempt
from service.deps import deps
from service.web.operations import json_response, operation, parsed_body, validated

blueprint = Blueprint("user_keys", __name__)

KEYS_PAGE, KEYS_API = "/sites/<site>/user-keys", "/v1/sites/<site>/user-keys"

KeyStep = Literal["rotate", "finish", "remove"]
DONE_MESSAGES = {
    "finish": "The old key is removed.",
    "remove": "The keys are removed. No user of the site is signed in now.",
}


class UserKeyRequest(BaseModel):
    """A change of the keys. People with a password confirm it."""

    model_config = ConfigDict(extra="forbid")

    step: KeyStep = Field(
        description="`rotate` creates a key; the one before stays valid. `finish` removes the one before. `remove` "
        "removes all."
    )
    password: str = Field(default="", max_length=200, description="Your password, if you have one.")


class UserKeys(BaseModel):
    """Keys of a site."""

    keys: list[str] = Field(description="Ids of the valid keys, the newest first.")
    secret: str = Field(description="Secret of the new key. It is shown only now. Empty for other steps.")


def changed_keys(site: Site, step: KeyStep) -> Site:
    """Return the site after one step. Raises ActionNotAllowed if there is nothing to remove."""
    if step == "rotate":
        return replace(site, user_keys=(secrets.token_hex(4), *site.user_keys[:1]))
    if len(site.user_keys) < (2 if step == "finish" else 1):
        raise ActionNotAllowed("There is no old key to remove." if step == "finish" else "There is no key to remove.")
    return replace(site, user_keys=site.user_keys[:1] if step == "finish" else ())


def key_entry(template: AuditEntry, before: Site, after: Site) -> AuditEntry:
    """Return the audit entry of a change, made from `template`."""
    old, new = (", ".join(site.user_keys) for site in (before, after))
    return replace(template, action=AuditAction.USER_KEY, subject="user-keys", before=old, after=new, site=after.id)


@blueprint.get(KEYS_PAGE)
def user_keys_page(site: str) -> str:
    signed = sessions.require_role(site, "owner")
    return _page(deps().storage.sites.get(site), signed)


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    return render_template("sites/user_keys.html", site=site, signed=signed, **context)


@blueprint.post(KEYS_PAGE)
def change_keys(site: str) -> ResponseReturnValue:
    """Show the secret of a new key once."""
    signed = sessions.require_change(site, "owner")
    fields = {name: request.form[name] for name in ("step", "password") if name in request.form}
    try:
        change = validated(UserKeyRequest, fields, strict=False)
        after = _apply(site, change, signed)
    except Invalid as error:
        return _page(deps().storage.sites.get(site), signed, problems=error.problems), 422
    return _page(after, signed, secret=_secret(after, change.step), message=DONE_MESSAGES.get(change.step, ""))


@blueprint.post(KEYS_API)
@operation(
    summary="Create, rotate or remove the keys that sign users",
    description="For owners. The answer to `rotate` is the only one that contains the secret.",
    body=UserKeyRequest,
    answers={200: UserKeys},
    auth="session",
    tags=("review",),
    errors=(401, 403, 404, 422, 429),
    parse=False,
)
def change_keys_by_api(site: str) -> Response:
    signed = sessions.require_change(site, "owner")
    body = parsed_body(UserKeyRequest)
    after = _apply(site, body, signed)
    return json_response(UserKeys(keys=list(after.user_keys), secret=_secret(after, body.step)))


def _apply(site: str, change: UserKeyRequest, signed: SignedIn) -> Site:
    """Raises Invalid for a wrong password, TooMany, ActionNotAllowed, StaleVersion."""
    if signed.person.password:
        count_attempt(signed.person.name, signed.session)
        if not passwords.is_correct(signed.person.password, change.password):
            raise Invalid([Problem("password", "wrong", "is not your current password")])
    before = deps().storage.sites.get(site)
    after = changed_keys(before, change.step)
    audit_entry = key_entry(entry(signed, AuditAction.USER_KEY), before, after)
    if not deps().storage.sites.compare_and_set(before, after, audit_entry):
        raise StaleVersion("Someone changed this site at the same moment. Try again.")
    return after


def _secret(site: Site, step: str) -> str:
    return deps().pseudonyms.user_secret(site.id, site.user_keys[0]) if step == "rotate" else ""

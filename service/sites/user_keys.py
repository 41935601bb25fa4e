"""Keys with which a site signs its users: create, rotate and remove them, on a page for owners and by the API.

Only the ids of keys are stored. Their secrets are derived, so that a dump of the store cannot sign.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.errors import ActionNotAllowed, Invalid
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.accounts.shown_once import redirect_with_secret, secrets_to_show, shown_response
from service.deps import deps
from service.web.operations import json_response, operation, parsed_body, validated

from .key_steps import USER_KEYS, KeyStep, change_keys_of

blueprint = Blueprint("user_keys", __name__)

KEYS_PAGE, KEYS_API = "/sites/<site>/user-keys", "/v1/sites/<site>/user-keys"

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


@blueprint.get(KEYS_PAGE)
def user_keys_page(site: str) -> Response:
    signed = sessions.require_role(site, "owner")
    secret, message = secrets_to_show(signed).get("secret", ""), DONE_MESSAGES.get(request.args.get("done", ""), "")
    return shown_response(_page(deps().storage.sites.get(site), signed, secret=secret, message=message))


def _page(site: Site, signed: SignedIn, **context: object) -> str:
    return render_template("sites/user_keys.html", site=site, signed=signed, **context)


@blueprint.post(KEYS_PAGE)
def change_keys(site: str) -> ResponseReturnValue:
    """Change the keys and lead to the page, which shows the secret of a new key once."""
    signed = sessions.require_change(site, "owner")
    fields = {name: request.form[name] for name in ("step", "password") if name in request.form}
    try:
        change = validated(UserKeyRequest, fields, strict=False)
        after = change_keys_of(site, USER_KEYS, change.step, change.password, signed)
    except Invalid as error:
        return _page(deps().storage.sites.get(site), signed, problems=error.problems), 422
    except ActionNotAllowed as error:
        return _page(deps().storage.sites.get(site), signed, trouble=str(error)), 422
    if change.step != "rotate":
        return redirect(url_for("user_keys.user_keys_page", site=site, done=change.step), 303)
    url = url_for("user_keys.user_keys_page", site=site)
    return redirect_with_secret(signed, url, secret=_secret(after, change.step))


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
    after = change_keys_of(site, USER_KEYS, body.step, body.password, signed)
    return json_response(UserKeys(keys=list(after.user_keys), secret=_secret(after, body.step)))


def _secret(site: Site, step: str) -> str:
    return deps().pseudonyms.user_secret(site.id, site.user_keys[0]) if step == "rotate" else ""

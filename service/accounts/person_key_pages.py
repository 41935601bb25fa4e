"""API keys of the person who is signed in: create, list and revoke them on a page."""

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction, AuditEntry
from comments.errors import ActionNotAllowed, Invalid, NotFound, Problem
from comments.person import Person

from . import passwords
from .audit_trail import entry, replace_person
from .person_keys import new_person_key
from .sessions import SignedIn, check_csrf, require_sign_in
from .shown_once import redirect_with_secret, secrets_to_show, shown_response
from .sign_in import count_attempt

blueprint = Blueprint("person_key_pages", __name__, url_prefix="/account/keys")

#: Keys of one person.
MAX_PERSON_KEYS = 10
#: Characters of the name of a key.
MAX_KEY_NAME = 60


@blueprint.get("")
def person_keys_page() -> Response:
    signed = require_sign_in()
    shown = secrets_to_show(signed)
    return shown_response(_page(signed, key=shown.get("key", ""), done=request.args.get("done", "")))


def _page(signed: SignedIn, **context: object) -> str:
    return render_template("accounts/person_keys.html", signed=signed, **context)


@blueprint.post("")
def create_person_key() -> ResponseReturnValue:
    """Create a key. A person with a password confirms it, because the key outlives the session."""
    signed = require_sign_in()
    check_csrf(signed)
    name = request.form.get("name", "")
    try:
        check_password(signed, request.form.get("password", ""))
        key = add_person_key(signed.person, checked_key_name(name), replace(_entry(signed), site=""))
    except Invalid as error:
        return _page(signed, problems=error.problems, name=name), 422
    except ActionNotAllowed as error:
        return _page(signed, trouble=str(error), name=name), 422
    return redirect_with_secret(signed, url_for("person_key_pages.person_keys_page"), key=key)


def _entry(signed: SignedIn) -> AuditEntry:
    return entry(signed, AuditAction.PERSON_KEY_MAKE, signed.person.name)


def check_password(signed: SignedIn, password: str) -> None:
    """Check the password in a form, if the person has one. Raises Invalid, TooMany, Busy."""
    if signed.person.password:
        count_attempt(signed.person.name, signed.session)
        if not passwords.is_correct(signed.person.password, password):
            raise Invalid([Problem("password", "wrong", "is not your current password")])


def checked_key_name(name: str) -> str:
    """Return the name of a key without spaces around it. Raises Invalid for a long one, or one that cannot be shown."""
    tidy = name.strip()
    if len(tidy) > MAX_KEY_NAME or not tidy.isprintable():
        raise Invalid([Problem("name", "malformed", f"must be at most {MAX_KEY_NAME} printable characters")])
    return tidy


def add_person_key(person: Person, name: str, template: AuditEntry) -> str:
    """Give the person a new key and return it. Raises ActionNotAllowed for too many, StaleVersion."""
    if len(person.api_keys) >= MAX_PERSON_KEYS:
        raise ActionNotAllowed(f"There are {MAX_PERSON_KEYS} keys already. Revoke one that is not used any more.")
    made, whole = new_person_key(person.name)
    after = replace(person, api_keys=(*person.api_keys, replace(made, name=name)))
    replace_person(person, after, replace(template, after=f"{made.id} {name}".strip()))
    return whole


@blueprint.post("/revoke")
def revoke_own_key() -> ResponseReturnValue:
    signed = require_sign_in()
    check_csrf(signed)
    template = replace(entry(signed, AuditAction.PERSON_KEY_REVOKE, signed.person.name), site="")
    revoke_person_key(signed.person, request.form.get("key", ""), template)
    return redirect(url_for("person_key_pages.person_keys_page", done="revoked"), 303)


def revoke_person_key(person: Person, id: str, template: AuditEntry) -> None:
    """Raises NotFound for a key that the person does not have, StaleVersion."""
    gone = next((key for key in person.api_keys if key.id == id), None)
    if gone is None:
        raise NotFound("the person has no such key")
    after = replace(person, api_keys=tuple(key for key in person.api_keys if key.id != id))
    replace_person(person, after, replace(template, before=f"{gone.id} {gone.name}".strip()))

"""Keep a form that was sent after its session ended, so that the same person can still send it after signing in.

The form is bound to the person: the CSRF token in it and the token of the old session belong together only for whoever
had that session. Nobody else gets the form, and a page of another site cannot make one.
"""

import hmac
import json
import secrets
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from comments.errors import NotAllowed
from comments.person import Person
from comments.pseudonyms import token_digest
from service.deps import deps
from service.web.page_addresses import current_address

from .sessions import check_origin, cookie_name, csrf_token, set_private_cookie

#: Seconds in which the person can sign in and send the form.
KEPT_SECONDS = 1800
#: Characters of the largest form that is kept: long lists of words in the settings fit.
MAX_KEPT = 100_000
#: Forms are kept below these addresses only: others may contain passwords.
KEPT_PATHS = ("/review/", "/sites/")
#: The field with the CSRF token.
CSRF_FIELD = "csrf"


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it was sent, without its CSRF token."""

    path: str
    fields: tuple[tuple[str, str], ...]

    def field(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")


def keep_form(response: Response) -> None:
    """Store the form of the current request, and give the browser a cookie with its name.

    Does nothing for requests that are no form of our own pages.
    """
    session, fields = request.cookies.get(cookie_name(), ""), list(request.form.items(multi=True))
    csrf = request.form.get(CSRF_FIELD, "")
    if request.method != "POST" or not (session and csrf) or not request.path.startswith(KEPT_PATHS):
        return
    try:
        check_origin()
    except NotAllowed:
        return
    left = [[name, value] for name, value in fields if name != CSRF_FIELD]
    text = json.dumps({"path": current_address(), "fields": left, "session": session, "csrf": csrf})
    if len(text) > MAX_KEPT:
        return
    name = secrets.token_urlsafe(24)
    deps().storage.people.keep_form(token_digest(name), text, KEPT_SECONDS)
    set_private_cookie(response, _kept_cookie(), name, KEPT_SECONDS)


def _kept_cookie() -> str:
    return f"{cookie_name()}-form"


def has_kept_form() -> bool:
    """Return True if this browser sent a form after its session had ended."""
    return _kept_cookie() in request.cookies


def kept_form(person: Person) -> KeptForm | None:
    """Return the form that this person sent in this browser after their session had ended; None if there is none."""
    name = request.cookies.get(_kept_cookie(), "")
    text = deps().storage.people.kept_form(token_digest(name)) if name else None
    if text is None:
        return None
    kept = json.loads(text)
    if not hmac.compare_digest(csrf_token(kept["session"], person).encode(), kept["csrf"].encode()):
        return None
    return KeptForm(kept["path"], tuple((key, value) for key, value in kept["fields"]))


def forget_form(response: Response) -> None:
    """Delete the form and its cookie."""
    name = request.cookies.get(_kept_cookie(), "")
    if name:
        deps().storage.people.forget_form(token_digest(name))
    response.delete_cookie(_kept_cookie(), secure=deps().settings.secure, httponly=True, samesite="Lax", path="/")

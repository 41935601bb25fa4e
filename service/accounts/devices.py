"""Browsers with which a person has signed in before: strangers cannot use up their attempts.

The cookie signs nobody in. It only gives the browser attempts of its own, so that wrong tries elsewhere do not lock the
person out. OWASP calls this a device cookie.
"""

import hmac
import secrets

from flask import request, url_for
from werkzeug.wrappers import Response

from service.deps import deps

from .sessions import set_private_cookie

_COOKIE, _COOKIE_SECONDS = "replygate_device", 365 * 86_400


def device_of(name: str) -> str:
    """Return the token of a browser with which this person has signed in; "" for any other browser."""
    token, _, seal = request.cookies.get(_COOKIE, "").partition(".")
    expected = deps().pseudonyms.seal("device", name, token)
    return token if hmac.compare_digest(expected.encode(), seal.encode("utf-8", "replace")) else ""


def remember_device(response: Response, name: str) -> None:
    """Let this browser prove later that the person has signed in with it."""
    token = device_of(name) or secrets.token_urlsafe(16)
    value = f"{token}.{deps().pseudonyms.seal('device', name, token)}"
    set_private_cookie(response, _COOKIE, value, _COOKIE_SECONDS, url_for("sign_in.sign_in_form"))

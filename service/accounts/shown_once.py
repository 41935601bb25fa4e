"""Secrets that a page shows once: after the redirect that follows a form, and not again after a reload.

The secret travels in a cookie that scripts do not get, for the address of that page alone. Nothing is stored.
"""

import base64
import binascii
import hmac
import json
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from .sessions import SignedIn, set_private_cookie

SHOWN_ONCE_COOKIE = "replygate-shown-once"
#: Seconds in which the page has to load.
SHOWN_SECONDS = 60


def redirect_with_secret(signed: SignedIn, url: str, **parts: str) -> AnyResponse:
    """Redirect to a page of ours that takes these texts with `secrets_to_show`."""
    response, path = redirect(url, 303), urlsplit(url).path
    written = json.dumps(parts).encode()
    value = base64.urlsafe_b64encode(_code(signed, path, written) + written).decode()
    set_private_cookie(response, SHOWN_ONCE_COOKIE, value, SHOWN_SECONDS, path)
    return response


def secrets_to_show(signed: SignedIn) -> dict[str, str]:
    """Return the texts that the redirect to this page brought; empty without any, and for a forged cookie."""
    try:
        value = base64.urlsafe_b64decode(request.cookies.get(SHOWN_ONCE_COOKIE, ""))
    except (binascii.Error, ValueError):
        return {}
    code, written = value[: sha256().digest_size], value[sha256().digest_size :]
    path = f"{request.root_path.rstrip('/')}{request.path}"
    if not written or not hmac.compare_digest(code, _code(signed, path, written)):
        return {}
    found: dict[str, str] = json.loads(written)
    return found


def shown_response(page: str) -> Response:
    """Answer with the page, and forget the texts that it shows."""
    response = make_response(page)
    if SHOWN_ONCE_COOKIE in request.cookies:
        set_private_cookie(response, SHOWN_ONCE_COOKIE, "", 0, f"{request.root_path.rstrip('/')}{request.path}")
    return response


def _code(signed: SignedIn, path: str, written: bytes) -> bytes:
    """Return a code that only this session can make, so that another page cannot have a false secret shown."""
    return hmac.digest(signed.csrf.encode(), path.encode() + b"\0" + written, sha256)

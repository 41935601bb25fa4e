"""Keys with which a client makes a request that it can send again safely."""

import re

from werkzeug.wrappers import Request

from comments.errors import Invalid, Problem
from comments.pseudonyms import digest

IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")


def idempotency_key(request: Request) -> str:
    """Return a digest of the client's Idempotency-Key; "" without one. Raises Invalid."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return ""
    if not IDEMPOTENCY_KEY.fullmatch(given):
        raise Invalid([Problem("Idempotency-Key", "format", "must be 1 to 255 visible ASCII characters")])
    return digest(given)

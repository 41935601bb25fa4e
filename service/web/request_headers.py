"""Headers with which a client says how to treat its request: repeats of it, and the wait for an answer."""

import re

from werkzeug.wrappers import Request

from comments.errors import Invalid, Problem
from comments.pseudonyms import digest

IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,5})(?=$|[,;\s])", re.IGNORECASE)
#: Seconds for which a request may wait for the verdict.
MAX_PREFER_WAIT = 10


def idempotency_key(request: Request) -> str:
    """Return a digest of the client's Idempotency-Key; "" without one. Raises Invalid."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return ""
    if not IDEMPOTENCY_KEY.fullmatch(given):
        raise Invalid([Problem("Idempotency-Key", "format", "must be 1 to 255 visible ASCII characters")])
    return digest(given)


def preferred_wait(request: Request, default: int = 0, most: int = MAX_PREFER_WAIT) -> int:
    """Return the seconds to wait: those of `Prefer: wait=N` (RFC 7240), or `default` without; `most` at most."""
    if "Prefer" not in request.headers:
        return default
    preferred = WAIT.search(", ".join(request.headers.getlist("Prefer")))
    return min(most, int(preferred[1])) if preferred else default

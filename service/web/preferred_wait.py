"""The time that a client prefers to wait for an answer: `Prefer: wait=N` (RFC 7240)."""

import re

from werkzeug.wrappers import Request

WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,5})(?=$|[,;\s])", re.IGNORECASE)
#: Seconds for which a request may wait for the verdict.
MAX_PREFER_WAIT = 10


def preferred_wait(request: Request) -> int | None:
    """Return the seconds that the client prefers to wait, at most MAX_PREFER_WAIT; None without a preference."""
    preferred = WAIT.search(", ".join(request.headers.getlist("Prefer")))
    return min(MAX_PREFER_WAIT, int(preferred[1])) if preferred else None

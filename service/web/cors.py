"""CORS headers: scripts on a site's own pages may read its answers, and no others may; never with cookies."""

from flask import Response, request

from comments.errors import NotFound, StorageDown
from comments.site import Site

from . import site_cache

#: Seconds for which a browser remembers that it may post; browsers cap it at 10 minutes to 2 hours anyway.
PREFLIGHT_SECONDS = "600"
REQUEST_HEADERS = "Content-Type, Idempotency-Key, Prefer, Replygate-Receipt, If-None-Match"
ANSWER_HEADERS = "Location, ETag, Retry-After, Replygate-Repeat, Preference-Applied"


def add_cors_headers(response: Response) -> Response:
    """Add CORS headers to a view's answer, errors included; for `after_request`."""
    response.headers.setdefault("Vary", "Origin")
    if "Origin" in request.headers:
        try:
            _allow_origin(response, site_cache.get_site((request.view_args or {}).get("site", "")))
        except (NotFound, StorageDown):
            return response  # the answer already says what is wrong
    return response


def cors_headers(origin: str) -> dict[str, str]:
    """What lets scripts on pages of `origin`, which is one of the site's, read the answer (CORS)."""
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": ANSWER_HEADERS}


def _allow_origin(response: Response, site: Site) -> None:
    """Let scripts on the site's own pages, and on no others, read the answer (CORS); never with cookies."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or origin not in site.origins:
        return
    response.headers.update(cors_headers(origin))
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS

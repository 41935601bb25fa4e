"""Access to a site's API: servers by site key, browsers by origin, with CORS headers for the site's own pages."""

import hmac
import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Response
from flask import request as current_request
from flask.globals import request_ctx
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Request

from comments.errors import NotAllowed, NotFound, StorageDown
from comments.origins import origin_of
from comments.pseudonyms import token_digest
from comments.settings import Settings
from comments.site import Site, SiteKey

from . import site_cache
from .request_body import FORM_TYPES

#: "rgk_" key id "_" secret.
KEY_PREFIX = "rgk_"

#: Seconds for which a browser may cache a preflight answer; browsers cap it at 10 minutes to 2 hours anyway.
PREFLIGHT_SECONDS = "600"
REQUEST_HEADERS = (
    "Content-Type, Idempotency-Key, Prefer, Replygate-Receipt, Replygate-User, Replygate-Author, If-None-Match"
)
RESPONSE_HEADERS = "Location, ETag, Retry-After, Replygate-Repeat, Preference-Applied"


def may_post(site: Site, request: Request, settings: Settings) -> bool:
    """Return True if the site's own server posts, False for everyone else who may post.

    Raises Unauthorized for a wrong site key, NotAllowed for a browser on a page of another origin.
    """
    if has_key(site, request):
        return True
    check_site_origin(site, request, settings)
    return False


def has_key(site: Site, request: Request) -> bool:
    """Return True if the request carries a key of the site. Raises Unauthorized for a wrong one."""
    return bool(_given_key(site, request, for_checks=False))


def _given_key(site: Site, request: Request, for_checks: bool) -> str:
    """Return the id of the request's key; "" without one. Raises Unauthorized for a wrong one."""
    given = request.headers.get("Authorization")
    if given is None:
        return ""
    scheme, _, token = given.partition(" ")
    if scheme.lower() == "bearer" and is_key_of(site, token.strip(), for_checks):
        return key_id(token.strip())
    raise _unauthorized("This is not a key of this site.")


def require_key(site: Site, request: Request, for_checks: bool = False) -> str:
    """Return the id of the request's key. `for_checks`: keys that may do nothing but check are enough.

    Raises Unauthorized.
    """
    if id := _given_key(site, request, for_checks):
        return id
    raise _unauthorized("Send one of the site's keys: Authorization: Bearer rgk_...")


def new_site_key() -> tuple[SiteKey, str]:
    """Return the stored part of a new key, and the whole key. Hexadecimal, so that "_" only separates its parts."""
    id = secrets.token_hex(4)
    whole = f"{KEY_PREFIX}{id}_{secrets.token_hex(24)}"
    return SiteKey(id, token_digest(whole)), whole


def key_id(token: str) -> str:
    """Return the part of a key that is no secret."""
    return token.removeprefix(KEY_PREFIX).partition("_")[0]


def is_key_of(site: Site, token: str, for_checks: bool = False) -> bool:
    """Return True for a key of the site; one that may only check counts `for_checks`.

    The time it takes tells nothing about the secret.
    """
    id, _, secret = token.removeprefix(KEY_PREFIX).partition("_")
    known = next((k.digest for k in site.keys if k.id == id and (for_checks or not k.only_checks)), "")
    given = token_digest(token.encode("utf-8", "replace").decode())
    return hmac.compare_digest(known.encode(), given.encode()) and bool(secret)


def _unauthorized(detail: str) -> Unauthorized:
    return Unauthorized(detail, www_authenticate=WWWAuthenticate("bearer", {"realm": "replygate"}))


def is_own_origin(origin: str, request: Request, settings: Settings) -> bool:
    """Return True for this service's own origin, whose pages (the forms, the demo) may always post."""
    return origin in (origin_of(settings.public_url), origin_of(own_address(request, settings)))


def own_address(request: Request, settings: Settings) -> str:
    """Return the address at which the visitor sees this service.

    The request's own Host counts only if it is an IP address or this machine: any domain can be made to lead here.
    """
    host = urlsplit(request.host_url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return request.root_url if host == "localhost" else settings.public_url
    return request.root_url


def is_site_origin(site: Site, origin: str, request: Request, settings: Settings) -> bool:
    """Return True for an origin of the site. The comparison is exact: no suffixes, no patterns, not "null"."""
    return origin in site.origins or is_own_origin(origin, request, settings)


def check_site_origin(site: Site, request: Request, settings: Settings) -> None:
    """Refuse browsers on pages of other origins. Raises NotAllowed.

    Programs send no Origin header; they could fake one anyway. A form with the origin "null" counts as one without an
    Origin: browsers send that for pages that hide their address. Scripts on those pages stay refused, because any
    sandboxed page has this origin.
    """
    origin = request.headers.get("Origin")
    if origin == "null" and request.mimetype in FORM_TYPES:
        return
    if origin is not None and not is_site_origin(site, origin, request, settings):
        raise NotAllowed("Pages of this origin may not use the site. Add it to the site's origins.")


def cors_headers(origin: str) -> dict[str, str]:
    """Return the CORS headers that let scripts on pages of `origin` read the answer; never with cookies."""
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": RESPONSE_HEADERS}


def add_cors_headers(response: Response) -> Response:
    """Add CORS headers to a view's answer, errors included; for `after_request`."""
    response.headers.setdefault("Vary", "Origin")
    sent = request_ctx.request
    if "Origin" in sent.headers:
        try:
            _allow_origin(response, site_cache.get_site((sent.view_args or {}).get("site", "")))
        except (NotFound, StorageDown):
            return response  # the answer already reports the error
    return response


def _allow_origin(response: Response, site: Site) -> None:
    response.vary.add("Origin")
    origin = current_request.headers.get("Origin")
    if origin is None or origin not in site.origins:
        return
    response.headers.update(cors_headers(origin))
    if current_request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS

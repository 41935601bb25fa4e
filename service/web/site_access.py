"""Who may call: a site's own server by its key, and browsers on the site's own pages by their Origin."""

import hmac

from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Request

from comments.errors import NotAllowed
from comments.origins import origin_of
from comments.pseudonyms import token_digest
from comments.settings import Settings
from comments.site import Site

#: "rgk_" key id "_" secret.
KEY_PREFIX = "rgk_"


def may_post(site: Site, asked: Request, settings: Settings) -> bool:
    """Whether the site's own server posts, who may say more than others.

    Raises Unauthorized for a key that is not one of this site's, NotAllowed for a browser on somebody else's page.
    """
    if has_key(site, asked):
        return True
    check_origin(site, asked, settings)
    return False


def has_key(site: Site, asked: Request) -> bool:
    """Whether the site's own server asks. Raises Unauthorized for a key that is not one of this site's."""
    given = asked.headers.get("Authorization")
    if given is None:
        return False
    scheme, _, token = given.partition(" ")
    if scheme.lower() == "bearer" and _is_key(site, token.strip()):
        return True
    raise _unauthorized("This key is not one of this site's.")


def require_key(site: Site, asked: Request) -> None:
    """Raises Unauthorized."""
    if not has_key(site, asked):
        raise _unauthorized("Send one of the site's keys: Authorization: Bearer rgk_...")


def _is_key(site: Site, token: str) -> bool:
    id, _, secret = token.removeprefix(KEY_PREFIX).partition("_")
    known = next((key.digest for key in site.keys if key.id == id), "")
    given = token_digest(token.encode("utf-8", "replace").decode())
    return hmac.compare_digest(known.encode(), given.encode()) and bool(secret)


def _unauthorized(detail: str) -> Unauthorized:
    return Unauthorized(detail, www_authenticate=WWWAuthenticate("bearer", {"realm": "replygate"}))


def is_own_origin(origin: str, asked: Request, settings: Settings) -> bool:
    """Whether `origin` is this service's own, whose pages (the forms, the demo) may always post."""
    return origin in (origin_of(settings.public_url), origin_of(asked.host_url))


def is_site_origin(site: Site, origin: str, asked: Request, settings: Settings) -> bool:
    """Whether pages of `origin` belong to the site. The comparison is exact: no suffixes, no patterns, not "null"."""
    return origin in site.origins or is_own_origin(origin, asked, settings)


def check_origin(site: Site, asked: Request, settings: Settings) -> None:
    """Refuse a browser on somebody else's page. Raises NotAllowed.

    Programs that are no browsers send no Origin; they could as well send a right one.
    """
    origin = asked.headers.get("Origin")
    if origin is not None and not is_site_origin(site, origin, asked, settings):
        raise NotAllowed("This page's origin is not one of the site's.")

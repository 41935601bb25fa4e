"""The author secret: how a browser shows that its comments are by the same author.

The answer to a first comment contains it. The widget keeps it and sends it as a header. Our own forms keep it in a
cookie. It stands for no name and no address: it only makes a good record hard to steal.
"""

from flask import Response
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Request

from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.site import Site
from service.web.site_access import is_site_origin

AUTHOR_HEADER = "Replygate-Author"
COOKIE_SECONDS = 365 * 24 * 3600


def given_secret(pseudonyms: Pseudonyms, site: Site, request: Request, settings: Settings) -> str:
    """Return the secret in the header, or in the cookie of a form on a page of the site; "" for none that is valid.

    A page of another site must not use the cookie, and a sandboxed frame sends no origin that proves where it is.
    """
    given = request.headers.get(AUTHOR_HEADER, "")
    origin = request.headers.get("Origin")
    if not given and origin and is_site_origin(site, origin, request, settings):
        given = request.cookies.get(_cookie_name(site), "")
    return given if given.isascii() and given and pseudonyms.is_author_secret(site.id, given) else ""


def keep_in_cookie(response: Response, site: Site, secret: str, settings: Settings, path: str = "") -> None:
    """Keep the secret for the next form. Browsers send it with forms on pages of the site only over https.

    `path` begins the addresses that scripts on pages of the site ask. Without one, forms send it to the site's API.
    """
    cookie = dump_cookie(
        _cookie_name(site),
        secret,
        max_age=COOKIE_SECONDS,
        path=path or settings.site_path(site.id, "/"),
        secure=settings.secure,
        httponly=True,
        samesite="None" if settings.secure else "Lax",
        partitioned=settings.secure and bool(path),  # for browsers that block cookies of other sites
        sync_expires=False,  # browsers follow the age
    )
    response.headers.add("Set-Cookie", cookie)


def _cookie_name(site: Site) -> str:
    return f"replygate-author-{site.id}"

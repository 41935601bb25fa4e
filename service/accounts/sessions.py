"""Who is asking: the signed-in person, what they may do on a site, and proof that they meant to change something."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from comments.errors import NotAllowed, NotFound, SignInNeeded
from comments.pseudonyms import digest, token_digest
from comments.site import Person, Site
from comments.storage.values import Session
from service.deps import Deps, deps
from service.web.site_access import is_own_origin

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)

#: Characters kept of what a browser calls itself.
MAX_AGENT = 200

#: Each may do what the ones before it may.
ROLES = ("viewer", "moderator", "owner")


@dataclass(frozen=True, slots=True)
class Signed:
    """The person who is signed in; `csrf` must come back with every change they ask for."""

    person: Person
    csrf: str
    session: str = ""  # digest of the cookie's token, under which the session is kept


def cookie_name() -> str:
    """`__Host-` ties the cookie to this host and to https, where there is https."""
    return "__Host-replygate" if deps().settings.secure else "replygate"


def csrf_for(token: str, person: Person) -> str:
    """Follows from the session's token and the password, so that a new password ends every other session."""
    return digest("csrf", token, person.password)


def signed_in() -> Signed | None:
    """The person behind the request's cookie, if their session still stands; begins its idle time anew."""
    token = request.cookies.get(cookie_name(), "")
    session = deps().storage.people.session(token_digest(token), IDLE.total_seconds()) if token else None
    if session is None or deps().now() - session.started >= ABSOLUTE:
        return None
    try:
        person = deps().storage.people.get(session.person)
    except NotFound:
        return None
    if not hmac.compare_digest(session.csrf, csrf_for(token, person)):
        return None
    return Signed(person, session.csrf, token_digest(token))


def current() -> Signed:
    """Raises SignInNeeded."""
    signed = signed_in()
    if signed is None:
        raise SignInNeeded("sign in first")
    return signed


def ranks(person: Person, site: str, role: str) -> bool:
    """Whether they may do on `site` what a `role` may; a role that this program does not know may do nothing."""
    held = person.roles.get(site)
    return held in ROLES and ROLES.index(held) >= ROLES.index(role)


def sees_emails(person: Person, site: Site) -> bool:
    """Moderators do, unless the site keeps them to its owners."""
    return ranks(person, site.id, "owner" if site.hide_emails else "moderator")


def require(site: str, role: str = "moderator") -> Signed:
    """Raises SignInNeeded, NotAllowed for a lesser role, NotFound for none: foreign sites are as good as missing."""
    signed = current()
    if site not in signed.person.roles:
        raise NotFound("there is nothing here that you may see")
    if not ranks(signed.person, site, role):
        raise NotAllowed(f"this needs the role of {role}; yours here is {signed.person.roles[site]}")
    return signed


def require_change(site: str, role: str = "moderator") -> Signed:
    """`require`, of somebody who means to change something. Raises NotAllowed also for a page of another site."""
    signed = require(site, role)
    check_csrf(signed)
    return signed


def require_operator() -> Signed:
    """Raises SignInNeeded; NotFound for people who do not operate this service."""
    signed = current()
    if not signed.person.operator:
        raise NotFound("there is nothing here that you may see")
    return signed


def sign_in(response: Response, person: Person) -> None:
    """Open a session with a token never used before, and end the one the browser came with."""
    now, token = deps().now(), secrets.token_urlsafe(32)
    _close_own(deps())
    origin = deps().pseudonyms.origin(request.remote_addr or "")
    agent = request.headers.get("User-Agent", "")[:MAX_AGENT]
    session = Session(person.name, csrf_for(token, person), now, origin, agent)
    deps().storage.people.open_session(token_digest(token), session, IDLE.total_seconds())
    response.set_cookie(
        cookie_name(),
        token,
        max_age=ABSOLUTE,
        secure=deps().settings.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def sign_out(response: Response) -> None:
    _close_own(deps())
    response.delete_cookie(cookie_name(), secure=deps().settings.secure, httponly=True, samesite="Lax", path="/")


def _close_own(of: Deps) -> None:
    token = request.cookies.get(cookie_name())
    if token:
        of.storage.people.close_session(token_digest(token))


def check_origin() -> None:
    """Refuse a change that another site's page asks for. Raises NotAllowed."""
    origin = request.headers.get("Origin")
    if origin is not None and not is_own_origin(origin, request, deps().settings):
        raise NotAllowed("this request comes from another site")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("this request comes from another site")


def check_csrf(signed: Signed) -> None:
    """Refuse a change that does not carry the session's own token, or comes from elsewhere. Raises NotAllowed."""
    check_origin()
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not hmac.compare_digest(signed.csrf.encode(), given.encode("utf-8", "replace")):
        raise NotAllowed("the page was out of date; load it again and repeat")


def own_path(text: str) -> str:
    """`text` where it is a path of ours, else "/review": where to go on after signing in."""
    plain = text.isascii() and text.isprintable() and "\\" not in text
    return text if plain and text.startswith("/") and not text.startswith("//") else "/review"

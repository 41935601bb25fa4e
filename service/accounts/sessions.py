"""Sessions of people who sign in, their roles on a site, and protection against forged requests (CSRF)."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from comments.errors import NotAllowed, NotFound, SignInNeeded
from comments.person import Person
from comments.pseudonyms import digest, token_digest
from comments.site import Site
from comments.storage.values import Session
from service.deps import Deps, deps
from service.web import site_cache
from service.web.site_access import is_own_origin

from .person_keys import is_keyed_request, keyed_person

IDLE_TIME = timedelta(minutes=30)
MAX_SESSION_TIME = timedelta(hours=12)

#: Stored characters of the User-Agent header.
MAX_AGENT = 200

#: Each role includes the rights of those before it.
ROLES = ("viewer", "assistant", "moderator", "owner")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person who is signed in. Every request for a change must carry `csrf`."""

    person: Person
    csrf: str
    session: str = ""  # digest of the cookie's token; key of the stored session
    api_key: str = ""  # id of the key of a program that acts as the person

    @property
    def via(self) -> str:
        """The way to decide, for the audit log (see `comments.audit.VIA_LABELS`)."""
        return "api" if self.api_key else ""


def cookie_name() -> str:
    """With https the prefix `__Host-` ties the cookie to this host and to https."""
    return "__Host-replygate" if deps().settings.secure else "replygate"


def csrf_token(token: str, person: Person) -> str:
    """Derived from the session's token, the person and the password hash: a new password ends every other session."""
    return digest("csrf", token, person.name, person.password)


def read_session() -> SignedIn | None:
    """The person of the request's cookie; None if the session has ended. Restarts its idle time."""
    token = request.cookies.get(cookie_name(), "")
    session = deps().storage.people.session(token_digest(token), IDLE_TIME.total_seconds()) if token else None
    if session is None or deps().now() - session.started >= MAX_SESSION_TIME:
        return None
    try:
        person = deps().storage.people.get(session.person)
    except NotFound:
        return None
    if not hmac.compare_digest(session.csrf, csrf_token(token, person)):
        return None
    return SignedIn(person, session.csrf, token_digest(token))


def read_person_key() -> SignedIn | None:
    """The person of the request's key; None for a key that is not valid."""
    found = keyed_person(request.headers["Authorization"])
    return SignedIn(found[0], "", api_key=found[1]) if found else None


def require_sign_in() -> SignedIn:
    """The person of the session or, for the API, of the key. Raises SignInNeeded."""
    signed = read_person_key() if is_keyed_request() else read_session()
    if signed is None:
        raise SignInNeeded("Please sign in.")
    return signed


def has_role(person: Person, site: str, role: str) -> bool:
    """Return True if the person has at least this role on the site. A role of a later version gives no rights."""
    own = person.roles.get(site)
    return own in ROLES and ROLES.index(own) >= ROLES.index(role)


def may_see_emails(person: Person, site: Site) -> bool:
    """Moderators may see email addresses, unless the site shows them to owners only."""
    return has_role(person, site.id, "owner" if site.hide_emails else "moderator")


def require_role(site: str, role: str = "moderator", even_deleted: bool = False) -> SignedIn:
    """Raises SignInNeeded, NotAllowed for a lower role, and NotFound without any role, as if the site did not exist.

    Raises SiteDeleted for a deleted site, except on the pages that show and restore one.
    """
    signed = require_sign_in()
    if site not in signed.person.roles:
        raise NotFound("this page does not exist, or you may not see it")
    if not has_role(signed.person, site, role):
        raise NotAllowed(f"This needs the role {role}. Your role on this site is {signed.person.roles[site]}.")
    if not even_deleted:
        site_cache.get_site(site)
    return signed


def require_change(site: str, role: str = "moderator", even_deleted: bool = False) -> SignedIn:
    """`require_role` for a change. Raises NotAllowed also for a forged request."""
    signed = require_role(site, role, even_deleted)
    check_csrf(signed)
    return signed


def require_operator() -> SignedIn:
    """Raises SignInNeeded, and NotFound for people who are not operators."""
    signed = require_sign_in()
    if not signed.person.operator:
        raise NotFound("this page does not exist, or you may not see it")
    return signed


def open_session(response: Response, person: Person) -> None:
    """Open a session with a new token, and end the browser's previous session."""
    now, token = deps().now(), secrets.token_urlsafe(32)
    _delete_session(deps())
    origin = deps().pseudonyms.origin(request.remote_addr or "")
    agent = request.headers.get("User-Agent", "")[:MAX_AGENT]
    session = Session(person.name, csrf_token(token, person), now, origin, agent)
    deps().storage.people.open_session(token_digest(token), session, IDLE_TIME.total_seconds())
    set_private_cookie(response, cookie_name(), token, MAX_SESSION_TIME)


def set_private_cookie(response: Response, name: str, value: str, max_age: int | timedelta, path: str = "/") -> None:
    """Set a cookie that scripts and pages of other sites do not get. `max_age` is in seconds, if it is a number."""
    secure = deps().settings.secure
    response.set_cookie(name, value, max_age, path=path, secure=secure, httponly=True, samesite="Lax")


def close_session(response: Response) -> None:
    """End the browser's session and delete its cookie."""
    _delete_session(deps())
    response.delete_cookie(cookie_name(), secure=deps().settings.secure, httponly=True, samesite="Lax", path="/")


def _delete_session(of: Deps) -> None:
    token = request.cookies.get(cookie_name())
    if token:
        of.storage.people.close_session(token_digest(token))


def check_origin() -> None:
    """Refuse a request that a page of another site sent. Raises NotAllowed."""
    origin = request.headers.get("Origin")
    if origin is not None and not is_own_origin(origin, request, deps().settings):
        raise NotAllowed("This request comes from another site.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("This request comes from another site.")


def check_csrf(signed: SignedIn) -> None:
    """Refuse a request without the session's token or from another site. Raises NotAllowed.

    A program sends its key with every request by itself, which no page of another site can make a browser do.
    """
    if signed.api_key:
        return
    check_origin()
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not hmac.compare_digest(signed.csrf.encode(), given.encode("utf-8", "replace")):
        raise NotAllowed("This page is out of date. Reload it and try again.")


def safe_path(text: str) -> str:
    """`text` if it is a path of this service, or that of the queue. Used for redirects after signing in."""
    plain = text.isascii() and text.isprintable() and "\\" not in text
    root = f"{request.root_path}/"
    return text if plain and text.startswith(root) and not text[len(root) :].startswith("/") else f"{root}review"

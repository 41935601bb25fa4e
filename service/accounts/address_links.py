"""Pages behind links in emails to moderators: confirm an address, and unsubscribe.

Opening a page changes nothing, because mail scanners open every link. The secret in the address authorizes its button,
so it needs neither a session nor a CSRF token. A button leads back to its page, which shows the state, so that a reload
repeats nothing.
"""

from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.audit import AuditAction, AuditEntry
from comments.errors import NotFound
from comments.moderator_notices import NoticeFrequency, SiteNotices
from comments.notice_links import EMAIL_RECEIVER, AddressLink, LinkPurpose, read_address_link
from comments.person import Person
from service.deps import deps
from service.web.client_network import client_network

from .audit_trail import replace_person

blueprint = Blueprint("address_links", __name__, url_prefix="/account/notices")

EXPIRED_LINK = 410
#: Search engines do not list the page, and it gives its address to nobody.
PRIVATE_PAGE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@blueprint.get("/confirm/<token>")
def address_page(token: str) -> Response:
    link, person = _opened("confirm", token)
    return _page(link, person, _state(link, person) or "ask")


@blueprint.post("/confirm/<token>")
def confirm_address(token: str) -> AnyResponse:
    link, person = _opened("confirm", token)
    if person is None or (state := _state(link, person)):
        return _page(link, person, state if person else "expired")
    action = AuditEntry(person.name, AuditAction.NOTICE_ADDRESS, after="confirmed", origin=client_network(deps()))
    replace_person(person, replace(person, email_confirmed=True), action)
    return redirect(url_for("address_links.address_page", token=token), 303)


def _state(link: AddressLink, person: Person | None) -> str:
    """Return "expired", "confirmed", or "" if the button can still be pressed."""
    if person is None or person.email != link.email or (link.is_expired(deps().now()) and not person.email_confirmed):
        return "expired"
    return "confirmed" if person.email_confirmed else ""


@blueprint.get("/stop/<token>")
def stop_page(token: str) -> Response:
    link, person = _opened("stop", token)
    return _page(link, person, "stop" if person and _gets_emails(link, person) else "stopped")


@blueprint.post("/stop/<token>")
def stop_notices(token: str) -> AnyResponse:
    """Turn the emails about one site off.

    Mail programs post this with one click (RFC 8058), and follow no redirect. The button of the page sends `stop`.
    """
    link, person = _opened("stop", token)
    if person and _gets_emails(link, person):
        choice = replace(person.notice_choice(link.site), frequency=NoticeFrequency.OFF)
        others = tuple(each for each in person.notices if each.site != link.site)
        origin = client_network(deps())
        action = AuditEntry(
            person.name, AuditAction.NOTICES_SET, after=choice.frequency, site=link.site, origin=origin, via="email"
        )
        replace_person(person, replace(person, notices=(*others, SiteNotices(link.site, choice))), action)
        deps().storage.notices.forget(link.site, EMAIL_RECEIVER + person.name)
    if "stop" in request.form:
        return redirect(url_for("address_links.stop_page", token=token), 303)
    return _page(link, person, "stopped")


def _gets_emails(link: AddressLink, person: Person) -> bool:
    return person.email == link.email and person.notice_choice(link.site).frequency is not NoticeFrequency.OFF


def _opened(purpose: LinkPurpose, token: str) -> tuple[AddressLink, Person | None]:
    """Check a link. Raises NotFound for a forged one. The person may have left."""
    link = read_address_link(deps().pseudonyms, purpose, token)
    if link is None:
        raise NotFound("this link is not valid")
    try:
        return link, deps().storage.people.get(link.person)
    except NotFound:
        return link, None


def _page(link: AddressLink, person: Person | None, state: str) -> Response:
    names = [site.name for site in deps().storage.sites.all() if site.id == link.site or _is_of(person, site.id, link)]
    page = render_template("accounts/address_link.html", link=link, state=state, site_names=names)
    status = EXPIRED_LINK if state == "expired" else 200
    return Response(page, status, mimetype="text/html", headers=PRIVATE_PAGE)


def _is_of(person: Person | None, site: str, link: AddressLink) -> bool:
    return not link.site and person is not None and site in person.roles

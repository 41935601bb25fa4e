"""Send notices to moderators by email, and requests to confirm an address."""

from comments.errors import NotFound
from comments.notice_links import (
    ADDRESS_LIFETIME,
    ADDRESS_RECEIVER,
    AddressLink,
    LinkPurpose,
    address_digest,
    link_token,
    seconds_until,
)
from comments.person import Person
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.notices import NoticeClaim

from .chat_requests import SendResult
from .deps import DeliveryDeps
from .email_messages import envelope_address, one_line
from .notice_contents import Notice, NoticeTarget
from .notice_emails import address_email, notice_email
from .smtp import Mailer, SMTPResult

#: Sites that the request to confirm an address names.
MAX_SITES_NAMED = 5


def email_target(d: DeliveryDeps, receiver: str, person: Person, site: Site) -> NoticeTarget:
    names = Pseudonyms(d.settings.secret_key)
    return NoticeTarget(receiver, person.notice_choice(site.id), address_digest(names, person.email))


def send_notice_mail(d: DeliveryDeps, mailer: Mailer, person: Person, notice: Notice) -> SendResult:
    to = envelope_address(person.email)
    if not to:
        return SendResult("address", permanent=True)
    stop = _address(d, "stop", AddressLink(person.name, person.email, notice.site.id))
    settings_page = f"{d.settings.public_url.rstrip('/')}/account/notices"
    return _result(mailer.send(notice_email(notice, mailer.sender, to, stop, settings_page, d.now()), to))


def send_address_mail(d: DeliveryDeps, claim: NoticeClaim) -> SendResult:
    """Ask for confirmation of the person's address, if it is still the one and is not confirmed yet."""
    try:
        person = d.storage.people.get(claim.receiver.removeprefix(ADDRESS_RECEIVER))
    except NotFound:
        return SendResult()
    to = envelope_address(person.email)
    is_wanted = any(item.subject == person.email for item in claim.items)
    if d.mailer is None or not to or person.email_confirmed or not is_wanted:
        return SendResult()
    until = seconds_until(d.now(), ADDRESS_LIFETIME)
    confirm = _address(d, "confirm", AddressLink(person.name, person.email, until=until))
    message = address_email(person, _site_names(d, person), d.mailer.sender, to, confirm, d.now())
    return _result(d.mailer.send(message, to))


def _site_names(d: DeliveryDeps, person: Person) -> str:
    found = []
    for id in list(person.roles)[:MAX_SITES_NAMED]:
        try:
            found.append(one_line(d.storage.sites.get(id).name))
        except NotFound:
            continue
    more = " and others" if len(person.roles) > MAX_SITES_NAMED else ""
    return (", ".join(found) or d.settings.public_url) + more


def _address(d: DeliveryDeps, purpose: LinkPurpose, link: AddressLink) -> str:
    token = link_token(Pseudonyms(d.settings.secret_key), purpose, link)
    return f"{d.settings.public_url.rstrip('/')}/account/notices/{purpose}/{token}"


def _result(sent: SMTPResult) -> SendResult:
    return SendResult(sent.error, permanent=sent.permanent) if sent.error else SendResult()

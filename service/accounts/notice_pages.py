"""A person's notices: the email address, the choices for each site, and linked chat accounts."""

import secrets
from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction
from comments.errors import Invalid, NotFound, Problem, TooMany
from comments.moderator_notices import SiteNotices
from comments.notice_links import ADDRESS_RECEIVER, EMAIL_RECEIVER
from comments.notice_queue import topics_for
from comments.person import Person
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.notices import CONFIRM_ADDRESS, NoticeItem
from comments.validation import is_email
from service.deps import deps

from .audit_trail import entry, replace_person
from .notice_forms import choice_from_form, choice_options
from .sessions import SignedIn, check_csrf, require_sign_in
from .shown_once import redirect_with_secret, secrets_to_show, shown_response

blueprint = Blueprint("notice_pages", __name__, url_prefix="/account/notices")

#: Requests to confirm an address in a day: by one person, and to one address from all people.
PER_PERSON, PER_ADDRESS, REQUEST_WINDOW = 5, 3, 86_400
MAX_EMAIL = 254
#: Seconds for which a code links a chat account, and its random characters.
CHAT_CODE_SECONDS, CODE_LETTERS = 600, 8
#: Letters and digits that are not mistaken for each other.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@blueprint.get("")
def notices_page() -> Response:
    signed = require_sign_in()
    return shown_response(_page(signed, done=request.args.get("done", ""), **secrets_to_show(signed)))


def _page(signed: SignedIn, **context: object) -> str:
    person, storage = signed.person, deps().storage
    sites = [site for site in storage.sites.all() if person.moderates(site.id) and not site.deleted]
    results = {
        site.id: result
        for site in sites
        for result in storage.notices.results(site.id, [EMAIL_RECEIVER + person.name])
        if result
    }
    settings = deps().settings
    return render_template(
        "accounts/notices.html",
        signed=signed,
        person=person,
        sites=sites,
        results=results,
        now=deps().now(),
        options={site.id: choice_options(topics_for(person, site.id)) for site in sites},
        sends_mail=settings.sends_mail,
        has_buttons=bool(settings.slack_signing_secret or settings.telegram_bot_token),
        **context,
    )


def _require_change() -> SignedIn:
    signed = require_sign_in()
    check_csrf(signed)
    return signed


@blueprint.post("")
def save_choice() -> ResponseReturnValue:
    """Save the choices for one site."""
    signed = _require_change()
    site = _own_site(signed.person, request.form.get("site", ""))
    try:
        choice = choice_from_form(topics_for(signed.person, site.id))
    except Invalid as error:
        return _page(signed, problems=error.problems, wrong_site=site.id), 422
    others = tuple(each for each in signed.person.notices if each.site != site.id)
    after = replace(signed.person, notices=(*others, SiteNotices(site.id, choice)))
    replace_person(signed.person, after, entry(signed, AuditAction.NOTICES_SET, after=choice.frequency, site=site.id))
    return redirect(url_for("notice_pages.notices_page", done="saved", _anchor=f"site-{site.id}"), 303)


def _own_site(person: Person, id: str) -> Site:
    """Raises NotFound for a site that the person does not moderate."""
    if not person.moderates(id):
        raise NotFound("you moderate no such site")
    return deps().storage.sites.get(id)


@blueprint.post("/address")
def change_address() -> ResponseReturnValue:
    """Store an address, not confirmed yet, and ask its owner to confirm it. An empty one removes the address."""
    signed = _require_change()
    email, person = request.form.get("email", "").strip(), signed.person
    if email and (not is_email(email) or len(email) > MAX_EMAIL):
        problem = Problem("email", "malformed", "must be an address like name@example.org")
        return _page(signed, problems=[problem], email=email), 422
    if email == person.email and person.email_confirmed:
        return redirect(url_for("notice_pages.notices_page"), 303)
    if email:
        try:
            _count_request(person, email)
        except TooMany as error:
            problem = Problem("email", "too-many", "got enough emails for today. Try again tomorrow")
            return _page(signed, problems=[problem], email=email), 429, {"Retry-After": str(error.retry_after)}
    after = replace(person, email=email, email_confirmed=False)
    if after != person:
        state = "to confirm" if email else "removed"
        replace_person(person, after, replace(entry(signed, AuditAction.NOTICE_ADDRESS, after=state), site=""))
    if email:
        now = deps().now()
        item = NoticeItem(CONFIRM_ADDRESS, email, round(now.timestamp()))
        deps().storage.notices.add("", ADDRESS_RECEIVER + person.name, [item], now, now)
    return redirect(url_for("notice_pages.notices_page", done="asked" if email else "removed"), 303)


def _count_request(person: Person, email: str) -> None:
    """Raises TooMany."""
    attempt = deps().storage.people.attempt
    attempt(f"notice address of {person.name}", PER_PERSON, REQUEST_WINDOW)
    attempt(f"notice address {deps().pseudonyms.author(email)}", PER_ADDRESS, REQUEST_WINDOW)


@blueprint.post("/code")
def create_code() -> ResponseReturnValue:
    """Lead to the page that shows a code, once, that links a chat account to this person."""
    signed = _require_change()
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LETTERS))
    deps().storage.people.put_link(chat_code_digest(code), signed.person.name, CHAT_CODE_SECONDS)
    return redirect_with_secret(signed, url_for("notice_pages.notices_page"), code=code)


def chat_code_digest(code: str) -> str:
    """Return the name under which a code is stored. It cannot be used as a sign-in link."""
    return digest("chat code", code.strip().upper())


@blueprint.post("/unlink")
def unlink_chat() -> ResponseReturnValue:
    signed, user = _require_change(), request.form.get("user", "")
    kept = tuple(each for each in signed.person.chat_users if each != user)
    after = replace(signed.person, chat_users=kept)
    kind = user.partition(":")[0]
    replace_person(signed.person, after, replace(entry(signed, AuditAction.CHAT_UNLINK, before=kind), site=""))
    return redirect(url_for("notice_pages.notices_page", done="unlinked"), 303)

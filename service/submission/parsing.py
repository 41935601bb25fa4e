"""Turn a request's fields into a comment, or report every problem with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from pydantic import ValidationError
from werkzeug.wrappers import Request

from comments.client_addresses import client_address
from comments.email_subscriptions import REPLIES
from comments.errors import Invalid, Problem
from comments.model import Comment
from comments.pseudonyms import digest, new_id
from comments.settings import Settings
from comments.site import Site
from comments.thread_addresses import thread_key
from comments.thread_detail_rules import MAX_TITLE, TITLE_FIELD, URL_FIELD, clean_title, title_problems, url_problems
from comments.validation import MISSING, field_problems, is_web_address, tidied
from comments.visitor_fields import FIELDS_BY_NAME, VISITOR_FIELDS
from service.deps import Deps
from service.web.client_network import MAX_TRAP, header_text, network_fields
from service.web.operations import problems_of
from service.web.page_language import requested_translation
from service.web.range_cache import RangeCache
from service.web.request_body import RequestBody
from service.web.schemas import Submission

from .signed_users import USER_FIELD, SignedUser, UserCheck

#: Names of fields in WordPress's comment form, so that an existing form only needs a new address.
ALIASES = {
    "comment_post_ID": "thread",
    "comment_parent": "parent",
    **{field.wordpress: field.name for field in FIELDS_BY_NAME.values() if field.wordpress},
}
#: Other fields of WordPress's form, which are ignored.
IGNORED = ("submit", "wp-comment-cookies-consent", "_wp_unfiltered_html_comment")

#: Fields about the visitor that only the site's own server may send.
SERVER_FIELDS = ("ip", "user_agent", "referrer")

_visitor_texts = attrgetter(*VISITOR_FIELDS)


@dataclass(frozen=True, slots=True)
class FormEvidence:
    """Results of checking the form's token and proof of work, as `Comment` stores them."""

    token: str = ""
    seconds: int = -1
    proof: str = ""


NO_FORM = FormEvidence()


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a request: the signed user, if there is one, and the secret of the browser."""

    user: UserCheck
    author_secret: str  # "" for a browser that sends its first comment
    trusted: bool  # the site's own server


def submitted_fields(body: RequestBody, site: Site) -> dict[str, Any]:
    """Rename fields from WordPress's names to the API's, and the honeypot to `trap`.

    Raises Invalid if one field is given under two names.
    """
    fields = dict(body.fields)
    if "trap" in fields:
        raise Invalid([Problem("trap", "unknown", "is not a known field")])
    if body.form:
        for name in IGNORED:
            fields.pop(name, None)
        if fields.get("comment_parent") == "0":
            del fields["comment_parent"]
        for theirs, ours in ALIASES.items():
            if theirs in fields and ours in fields:
                raise Invalid([Problem(ours, "repeated", f"appears twice, also as {theirs}")])
            if theirs in fields:
                fields[ours] = fields.pop(theirs)
    if site.trap_field in fields:
        fields["trap"] = fields.pop(site.trap_field)
    return fields


def checked_texts(fields: Mapping[str, Any], site: Site, sender: Sender, settings: Settings) -> dict[str, str]:
    """Normalize and check the fields. Raises Invalid with every problem of every field.

    The name and email address of a signed user come from the token.
    """
    if sender.user.waived:  # a copy of a site takes 20 µs
        site = replace(site, required=tuple(name for name in site.required if name not in sender.user.waived))
    if sender.user.user:
        fields = {**fields, **{n: v for n, v in _signed_fields(sender.user.user).items() if v}}
    found = (*_shape_problems(fields, sender.trusted), *sender.user.problems)
    reported = {problem.field for problem in found}
    texts = tidied({name: value for name, value in fields.items() if isinstance(value, str)})
    texts["thread"] = thread_key(texts.get("thread", ""), site)
    texts |= _details(texts)
    found += tuple(problem for problem in field_problems(texts, site) if problem.field not in reported)
    found += tuple(_detail_problems(texts, site, settings))
    if texts.get("notify"):
        found += tuple(_notify_problems(texts, site, settings.sends_mail))
    if found:
        raise Invalid(found)
    return texts


def _shape_problems(fields: Mapping[str, Any], trusted: bool) -> Iterator[Problem]:
    """Report fields that are unknown, not text, or reserved for the site's own server."""
    visible = {name: value for name, value in fields.items() if name not in ("trap", USER_FIELD)}
    try:
        Submission.model_validate(visible, strict=True)
    except ValidationError as error:
        yield from problems_of(error)
    if not isinstance(fields.get("trap", ""), str):
        yield Problem("trap", "string_type", "must be text")
    for name in SERVER_FIELDS:
        if name in fields and not trusted:
            yield Problem(name, "key-needed", "may only be sent with a site key")
    if trusted and isinstance(ip := fields.get("ip", ""), str) and ip and client_address(ip.strip()) is None:
        yield Problem("ip", "ip", "must be an IPv4 or IPv6 address")


def _details(texts: Mapping[str, str]) -> dict[str, str]:
    """Return title and address of the thread. A visitor could not make a title shorter, so it is cut.

    A thread that is named by its address needs no other one.
    """
    title, url = (texts.get(name, "") for name in (TITLE_FIELD, URL_FIELD))
    is_named_by_address = is_web_address(texts["thread"])
    return {TITLE_FIELD: clean_title(title)[:MAX_TITLE].rstrip(), URL_FIELD: "" if is_named_by_address else url}


def _detail_problems(texts: Mapping[str, str], site: Site, settings: Settings) -> Iterator[Problem]:
    yield from title_problems(TITLE_FIELD, texts[TITLE_FIELD])
    if texts[URL_FIELD]:
        yield from url_problems(URL_FIELD, texts[URL_FIELD], site, settings)


def _notify_problems(texts: Mapping[str, str], site: Site, sends_mail: bool) -> Iterator[Problem]:
    if not sends_mail:
        yield Problem("notify", "off", "is not available: this server does not send email")
    elif texts["notify"] != REPLIES:
        yield Problem("notify", "value", f'must be "{REPLIES}" or left out')
    elif not texts.get("email") and "email" not in site.required:
        yield Problem("email", "required", MISSING["email"])


def _signed_fields(user: SignedUser) -> dict[str, str]:
    return {"author": user.name, "email": user.email}


def new_comment(
    deps: Deps,
    request: Request,
    site: Site,
    texts: Mapping[str, str],
    form: FormEvidence,
    sender: Sender,
    ranges: RangeCache,
) -> Comment:
    """Build the comment to store. With a site key, the request's own headers describe the server, not the visitor."""
    trusted, user = sender.trusted, sender.user.user
    address = texts.get("ip", "") if trusted else request.remote_addr or ""
    agent = texts.get("user_agent", "") if trusted else request.headers.get("User-Agent", "")
    referrer = texts.get("referrer", "") if trusted else request.headers.get("Referer", "")
    visitor: dict[str, Any] = {name: texts.get(name, "") for name in VISITOR_FIELDS}
    visitor |= network_fields(deps, site, address, ranges)
    visitor |= {"form_token": form.token, "form_seconds": form.seconds, "form_proof": form.proof}
    identity = deps.pseudonyms.author(texts.get("email", ""))
    id, now = new_id(), deps.now()
    secret = sender.author_secret or deps.pseudonyms.author_secret(site.id, id)
    browser = deps.pseudonyms.browser(site.id, secret)
    return Comment(
        id=id,
        site=site.id,
        thread=texts["thread"],
        received=now.replace(microsecond=now.microsecond // 1000 * 1000),  # storage keeps milliseconds
        parent=texts.get("parent", ""),
        **visitor,
        identity=identity,
        user=user.id if user else "",
        browser=browser,
        email_confirmed=_has_confirmed(deps, site, identity, browser) if sender.author_secret else False,
        role=user.role if user else "",
        avatar=user.avatar if user else "",
        user_agent=header_text(agent),
        referrer=header_text(referrer),
        trap=texts.get("trap", "")[:MAX_TRAP],
        notify=texts.get("notify", ""),
        language=requested_translation(request, site, texts.get("lang", "")).code if texts.get("notify") else "",
    )


def _has_confirmed(deps: Deps, site: Site, identity: str, browser: str) -> bool:
    """Return True if a comment of this browser with this email address was confirmed by email."""
    return bool(identity) and deps.storage.subscriptions.has_proved(site.id, identity, browser)


def submission_fingerprint(c: Comment, has_key: bool) -> str:
    """Identify a submission by its contents and its sender, to recognize a repeat.

    The sender of a submission with an Idempotency-Key is who has the key: a phone may repeat it from another network.
    Without a key, the network keeps people who send the same text from getting each other's receipts.
    """
    origin = "" if has_key else c.origin
    return digest(c.thread, c.parent, *_visitor_texts(c), c.trap, origin, *((c.user,) if c.user else ()))

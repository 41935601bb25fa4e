"""Turns what was sent into a comment, or says everything that is wrong with it."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from werkzeug.wrappers import Request

from comments.email_subscriptions import REPLIES
from comments.errors import Invalid, Problem
from comments.model import Comment
from comments.pseudonyms import digest, new_id
from comments.site import Site
from comments.validation import MISSING, problems, tidied
from service.deps import Deps
from service.web.operations import problems_of
from service.web.request_body import RequestBody
from service.web.schemas import Submission

#: The names in WordPress's comment form, so that a form made for it can simply be pointed here.
ALIASES = {"comment": "content", "comment_post_ID": "thread", "comment_parent": "parent"}
#: Fields of such forms that mean nothing here.
IGNORED = ("submit", "wp-comment-cookies-consent", "_wp_unfiltered_html_comment")

#: What only the site's own server may tell about the visitor.
SERVER_FIELDS = ("ip", "user_agent", "referrer")

#: Characters kept of headers and of the honeypot; what is longer was not written by a person.
MAX_HEADER, MAX_TRAP = 400, 200
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form tells of who filled it in, in the words of Comment."""

    token: str = ""
    seconds: int = -1
    proof: str = ""


NO_FORM = FormFacts()


def fields_of(sent: RequestBody, site: Site) -> dict[str, Any]:
    """The fields under our own names, with the honeypot's as `trap`. Raises Invalid for two names of one field."""
    fields = dict(sent.fields)
    if "trap" in fields:
        raise Invalid([Problem("trap", "unknown", "is not a field here")])
    if sent.form:
        for name in IGNORED:
            fields.pop(name, None)
        if fields.get("comment_parent") == "0":
            del fields["comment_parent"]
        for theirs, ours in ALIASES.items():
            if theirs in fields and ours in fields:
                raise Invalid([Problem(ours, "repeated", f"must be given once, not as {theirs} too")])
            if theirs in fields:
                fields[ours] = fields.pop(theirs)
    if site.trap_field in fields:
        fields["trap"] = fields.pop(site.trap_field)
    return fields


def checked(fields: Mapping[str, Any], site: Site, trusted: bool, mail: bool) -> dict[str, str]:
    """The fields as they are kept. Raises Invalid with every problem, field by field. `mail`: whether we send any."""
    found = tuple(_shape_problems(fields, trusted))
    blamed = {problem.field for problem in found}
    texts = tidied({name: value for name, value in fields.items() if isinstance(value, str)})
    found += tuple(problem for problem in problems(texts, site) if problem.field not in blamed)
    if texts.get("notify"):
        found += tuple(_notify_problems(texts, site, mail))
    if found:
        raise Invalid(found)
    return texts


def _shape_problems(fields: Mapping[str, Any], trusted: bool) -> Iterator[Problem]:
    """Fields that are unknown, not text, or not the sender's to set."""
    visible = {name: value for name, value in fields.items() if name != "trap"}
    try:
        Submission.model_validate(visible, strict=True)
    except ValidationError as error:
        yield from problems_of(error)
    if not isinstance(fields.get("trap", ""), str):
        yield Problem("trap", "string_type", "must be text")
    for name in SERVER_FIELDS:
        if name in fields and not trusted:
            yield Problem(name, "key-needed", "may only be sent with the site's key")
    if trusted and isinstance(ip := fields.get("ip", ""), str) and ip and not _is_address(ip.strip()):
        yield Problem("ip", "ip", "must be an IPv4 or IPv6 address")


def _notify_problems(texts: Mapping[str, str], site: Site, mail: bool) -> Iterator[Problem]:
    if not mail:
        yield Problem("notify", "off", "cannot be asked for: no mail is sent from here")
    elif texts["notify"] != REPLIES:
        yield Problem("notify", "value", f'must be "{REPLIES}", or be left out')
    elif not texts.get("email") and "email" not in site.required:
        yield Problem("email", "required", MISSING["email"])


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def comment(
    deps: Deps, asked: Request, site: Site, texts: Mapping[str, str], facts: FormFacts, trusted: bool
) -> Comment:
    """What is to be kept. With the key, the request itself tells of the site's server, and not of the visitor."""
    address = texts.get("ip", "") if trusted else asked.remote_addr or ""
    agent = texts.get("user_agent", "") if trusted else asked.headers.get("User-Agent", "")
    referrer = texts.get("referrer", "") if trusted else asked.headers.get("Referer", "")
    now = deps.now()
    return Comment(
        id=new_id(),
        site=site.id,
        thread=texts["thread"],
        received=now.replace(microsecond=now.microsecond // 1000 * 1000),  # as exact as the stores keep it
        parent=texts.get("parent", ""),
        author=texts.get("author", ""),
        email=texts.get("email", ""),
        url=texts.get("url", ""),
        content=texts.get("content", ""),
        origin=deps.pseudonyms.origin(address),
        identity=deps.pseudonyms.author(texts.get("email", "")),
        user_agent=_header(agent),
        referrer=_header(referrer),
        trap=texts.get("trap", "")[:MAX_TRAP],
        form_token=facts.token,
        form_seconds=facts.seconds,
        form_proof=facts.proof,
        notify=texts.get("notify", ""),
    )


def _header(text: str) -> str:
    return CONTROL.sub("", text[:MAX_HEADER])


def fingerprint(c: Comment) -> str:
    return digest(c.thread, c.parent, c.author, c.email, c.url, c.content, c.trap, c.origin)

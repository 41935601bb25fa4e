"""Turns what was sent into a comment, has it kept, and asks for it to be judged."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Request
from pydantic import ValidationError

from comments.errors import Invalid, Problem, StorageDown
from comments.lifecycle import Outcome
from comments.model import Comment, Site
from comments.pseudonyms import digest, new_id
from comments.queue import JUDGE
from comments.storage import Admission
from comments.validation import problems, tidied

from . import form_tokens, waiting
from .body import Sent
from .brake import brake
from .deps import Deps
from .openapi import problems_of
from .schemas import Submission

#: The names in WordPress's comment form, so that a form made for it can simply be pointed here.
ALIASES = {"comment": "content", "comment_post_ID": "thread", "comment_parent": "parent"}
#: Fields of such forms that mean nothing here.
IGNORED = ("submit", "wp-comment-cookies-consent", "_wp_unfiltered_html_comment")

#: What only the site's own server may tell about the visitor.
SERVER_FIELDS = ("ip", "user_agent", "referrer")

#: Characters kept of headers and of the honeypot; what is longer was not written by a person.
MAX_HEADER, MAX_TRAP = 400, 200
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,5})(?=$|[,;\s])", re.IGNORECASE)
MAX_WAIT = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment that is safe. `repeat`: it was so already; `waited`: its status is the verdict, if there was one."""

    comment: Comment
    receipt: str
    repeat: bool = False
    waited: int = 0


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form tells of who filled it in, in the words of Comment."""

    token: str = ""
    seconds: int = -1
    proof: str = ""


NO_FORM = FormFacts()


def fields_of(sent: Sent, site: Site) -> dict[str, Any]:
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


def accept(deps: Deps, asked: Request, site: Site, fields: Mapping[str, Any], trusted: bool) -> Kept:
    """Keep the comment, or raise Invalid with every problem, KeyReused, TooMany, Busy or StorageDown."""
    key = _idempotency_key(asked)
    texts = checked(fields, site, trusted)
    facts = _form_facts(deps, site, texts, fields.get("content", ""), trusted)
    comment = _comment(deps, asked, site, texts, facts, trusted)
    admission = Admission(
        fingerprint=_fingerprint(comment),
        key=key,
        max_pending=site.max_pending,
        per_minute=site.per_minute,
        batch=deps.settings.batch,
        max_wakes=deps.settings.judges,
    )
    accepted = deps.storage.comments.accept(comment, admission)
    if accepted.wake:
        deps.jobs.ask(JUDGE, site.id, accepted.wake)
    receipt = deps.pseudonyms.receipt(site.id, accepted.id)
    if accepted.repeat:
        comment = deps.storage.comments.get(site.id, accepted.id)
    return _after_waiting(deps, asked, Kept(comment, receipt, accepted.repeat))


def checked(fields: Mapping[str, Any], site: Site, trusted: bool) -> dict[str, str]:
    """The fields as they are kept. Raises Invalid with every problem, field by field."""
    found = tuple(_shape_problems(fields, trusted))
    blamed = {problem.field for problem in found}
    texts = tidied({name: value for name, value in fields.items() if isinstance(value, str)})
    found += tuple(problem for problem in problems(texts, site) if problem.field not in blamed)
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


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _comment(
    deps: Deps, asked: Request, site: Site, texts: Mapping[str, str], facts: FormFacts, trusted: bool
) -> Comment:
    """With the key, the request's own address and headers are those of the site's server, not of the visitor."""
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
    )


def _form_facts(deps: Deps, site: Site, texts: Mapping[str, str], content: str, trusted: bool) -> FormFacts:
    """Of the token itself nothing is kept. `content` as it was sent; the site's server owes no work."""
    token = texts.get("form_token", "")
    wanted = not trusted and brake().bits(site, deps.now()) > 0
    if not token and not wanted:
        return NO_FORM
    shown = form_tokens.read(deps.pseudonyms, site.id, texts["thread"], token, deps.now())
    proof = form_tokens.proof(shown, token, content, texts.get("form_proof", ""), wanted)
    return FormFacts(shown.verdict, shown.seconds, proof)


def _header(text: str) -> str:
    return CONTROL.sub("", text[:MAX_HEADER])


def _fingerprint(c: Comment) -> str:
    return digest(c.thread, c.parent, c.author, c.email, c.url, c.content, c.trap, c.origin)


def _idempotency_key(asked: Request) -> str:
    """A digest of the client's key; "" without one. Raises Invalid."""
    given = asked.headers.get("Idempotency-Key")
    if given is None:
        return ""
    if not IDEMPOTENCY_KEY.fullmatch(given):
        raise Invalid([Problem("Idempotency-Key", "format", "must be 1 to 255 visible ASCII characters")])
    return digest(given)


def _after_waiting(deps: Deps, asked: Request, kept: Kept) -> Kept:
    """As `kept`, or with the verdict if the client prefers to wait for it and there is room to."""
    if "Prefer" not in asked.headers:
        return kept
    preferred = WAIT.search(", ".join(asked.headers.getlist("Prefer")))
    seconds = min(MAX_WAIT, int(preferred[1])) if preferred else 0
    if not seconds or kept.comment.outcome is not Outcome.PENDING:
        return kept
    try:
        comment = waiting.places().wait(deps.storage.comments, kept.comment, seconds)
    except StorageDown:
        return kept  # the comment is safe, which is what the answer says; only the verdict has to be asked for later
    return replace(kept, comment=comment, waited=seconds) if comment else kept

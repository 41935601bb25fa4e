"""Build the comment to check from what another program knows about it."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from comments.errors import Invalid, Problem
from comments.model import STAFF, Comment
from comments.pseudonyms import new_id
from comments.site import Site
from comments.thread_addresses import thread_key
from comments.utc_times import parse_utc_time
from comments.validation import CONTROL, ID, LENGTHS, tidied
from comments.visitor_fields import FIELDS_BY_NAME
from service.deps import deps
from service.web.client_network import MAX_TRAP, header_text, network_fields
from service.web.range_cache import range_cache

#: Thread of a comment without one.
UNKNOWN_THREAD = "checks"
#: Year from which comments can be. Earlier times are those of broken programs.
FIRST_YEAR = 1990
#: Time by which the clock of a program may be ahead of ours without a note.
CLOCK_LEAD = timedelta(hours=1)
#: Header of an answer that says how a request was changed to be usable.
NOTE_HEADER = "Replygate-Note"
#: Longest language tag that is kept.
MAX_LANGUAGE = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFields:
    """Everything that a program can say about a comment. Nothing is required but something to judge."""

    content: str = ""
    author: str = ""
    email: str = ""
    url: str = ""  # the author's website
    ip: str = ""
    user_agent: str = ""
    referrer: str = ""
    thread: str = ""  # key or address of the page
    parent: str = ""  # id of a published comment of this service that it replies to
    user: str = ""  # the program's own id of its signed-in user
    staff: bool = False  # the author belongs to the site's team
    language: str = ""
    sent: datetime | None = None  # the time the comment was written, if it is not now
    trap: str = ""  # content of a field that people do not see
    form_seconds: int = -1  # between showing the form and sending it; -1 if unknown


def checked_comment(site: Site, fields: CheckedFields, lenient: bool = False, found: Sequence[Problem] = ()) -> Comment:
    """Return the comment to check. Raises Invalid if there is nothing to judge, or if problems were `found` before.

    A malformed email address or website is evidence, and no error. Too long texts and malformed IP addresses raise
    Invalid too, unless the caller is `lenient`: then texts are cut and such an IP address counts as none.
    """
    texts = tidied({name: _encodable(getattr(fields, name)) for name in FIELDS_BY_NAME})
    limits = {name: LENGTHS.get(name, site.max_content) for name in texts}
    address = _ip_address(fields.ip.strip())
    problems = [*found]
    if not lenient:
        problems += [*_length_problems(texts, limits), *_address_problems(fields.ip.strip(), address)]
    if not any(texts.values()) and not any(problem.field in texts for problem in found):
        problems.append(Problem("content", "required", "is required: there is nothing to judge"))
    if problems:
        raise Invalid(problems)
    visitor: dict[str, Any] = {name: text[: limits[name]] for name, text in texts.items()}
    d, now = deps(), deps().now()
    return Comment(
        id=new_id(),
        site=site.id,
        thread=thread_key(CONTROL.sub("", _encodable(fields.thread)), site)[: LENGTHS["thread"]] or UNKNOWN_THREAD,
        received=_whole_ms(plausible_time(fields.sent, now)),
        parent=fields.parent if ID.fullmatch(fields.parent) else "",
        **visitor,
        **network_fields(d, site, address, range_cache()),
        identity=d.pseudonyms.author(visitor["email"]),
        user=d.pseudonyms.user(site.id, _encodable(fields.user)) if fields.user else "",
        role=STAFF if fields.staff else "",
        user_agent=header_text(_encodable(fields.user_agent)),
        referrer=header_text(_encodable(fields.referrer)),
        trap=_encodable(fields.trap)[:MAX_TRAP],
        # The program that asks has a form of its own, which it has checked as it likes.
        form_token="valid",  # noqa: S106 -- no secret
        form_seconds=max(-1, fields.form_seconds),
        language=header_text(_encodable(fields.language))[:MAX_LANGUAGE],
    )


def plausible_time(sent: datetime | None, now: datetime) -> datetime:
    """Return the time at which a comment was written: now, if `sent` cannot be true.

    A time in the future or far in the past would make windows and days of evidence wrong.
    """
    return sent if sent and sent.year >= FIRST_YEAR and sent <= now else now


def time_note(name: str, given: str, now: datetime) -> dict[str, str]:
    """Return the header for a field whose time cannot be true; none for a time that can."""
    sent = parse_utc_time(given)
    if not given.strip() or (sent and sent.year >= FIRST_YEAR and sent - now <= CLOCK_LEAD):
        return {}
    return {NOTE_HEADER: f"{name} is not a possible time, so the time of the request was used."}


def _length_problems(texts: Mapping[str, str], limits: Mapping[str, int]) -> Iterator[Problem]:
    for name, text in texts.items():
        if len(text) > limits[name]:
            yield Problem(name, "too-long", f"must be at most {limits[name]} characters long")


def _address_problems(given: str, address: str) -> Iterator[Problem]:
    if given and not address:
        yield Problem("ip", "ip", "must be an IPv4 or IPv6 address")


def _encodable(text: str) -> str:
    """Return the text without lone surrogates, which cannot be stored."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _ip_address(text: str) -> str:
    """Return the address; "" for anything else."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return ""
    return text


def _whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)

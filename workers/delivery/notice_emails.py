"""Emails to moderators: notices, and the request to confirm an address. Plain text and simple HTML."""

from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

from comments.person import Person
from comments.pseudonyms import digest

from .email_messages import HTML, bare_message, one_line
from .notice_contents import Notice, NoticeRow


def notice_email(notice: Notice, sender: str, to: str, stop: str, settings_page: str, at: datetime) -> EmailMessage:
    """Return the email about a notice. `stop` turns the notices of this site off with one click."""
    # The same for a repeated message, so that mail programs show it once.
    id = digest(notice.receiver, *notice.facts, *(f"{row.comment}:{row.version}" for row in notice.rows))
    message = bare_message(Address(one_line(notice.site.name), addr_spec=sender), to, notice.title, f"notice.{id}", at)
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content("\n\n".join(_plain(notice, stop, settings_page)) + "\n")
    body = "".join(_html(notice, stop, settings_page))
    message.add_alternative(
        HTML.format(language="en", direction="ltr", title=escape(notice.title), body=body), subtype="html"
    )
    return message


def _plain(notice: Notice, stop: str, settings_page: str) -> Iterator[str]:
    yield notice.title
    for row in notice.rows:
        yield "\n".join(_plain_row(row))
    yield from notice.facts
    yield f"{_more(notice)}Queue: {notice.queue}"
    yield f"You get this email because you asked for it. Change what you get: {settings_page}"
    yield f"Unsubscribe: {stop}"


def _plain_row(row: NoticeRow) -> Iterator[str]:
    yield f"{row.headline}: {row.article}"
    if row.reasons:
        yield "Reasons: " + "; ".join(row.reasons)
    if row.text:
        yield f"{row.author} wrote:\n> {row.text}"
    yield f"Open: {row.card}"
    yield from (f"{action.row.label}: {url}" for action, url in row.links)


def _html(notice: Notice, stop: str, settings_page: str) -> Iterator[str]:
    yield f'<h1 style="font-size: 1.1em">{escape(notice.title)}</h1>\n'
    for row in notice.rows:
        yield from _html_row(row)
    yield from (f"<p>{escape(fact)}</p>\n" for fact in notice.facts)
    yield f"<p>{_more(notice)}{_link(notice.queue, 'Open the queue')}</p>\n"
    yield (
        f"<p><small>You get this email because you asked for it. {_link(settings_page, 'Change what you get')} · "
        f"{_link(stop, 'Unsubscribe')}</small></p>\n"
    )


def _html_row(row: NoticeRow) -> Iterator[str]:
    yield f"<p><strong>{escape(row.headline)}</strong> · {_link(row.card, row.article)}"
    if row.reasons:
        yield f"<br>{escape(' · '.join(row.reasons))}"
    yield "</p>\n"
    if row.text:
        yield f'<blockquote dir="auto"><strong>{escape(row.author)}</strong>: {escape(row.text)}</blockquote>\n'
    if row.links:
        yield "<p>" + " · ".join(_link(url, action.row.label) for action, url in row.links) + "</p>\n"


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}">{escape(label)}</a>'


def _more(notice: Notice) -> str:
    return f"And {notice.more} more. " if notice.more else ""


def address_email(person: Person, sites: str, sender: str, to: str, confirm: str, at: datetime) -> EmailMessage:
    """Ask the owner of an address, who may be a stranger, to confirm it. `sites` names the person's sites."""
    id = digest(person.name, to, at.isoformat())
    message = bare_message(
        Address("Replygate", addr_spec=sender), to, "Confirm your email address", f"address.{id}", at
    )
    name = one_line(person.name)
    first = f"{name} asked to get notices about comments on {sites} at this address."
    last = "If that is not you, ignore this email. Nothing will be sent to this address."
    message.set_content(f"{first}\n\nConfirm the address within two days:\n{confirm}\n\n{last}\n")
    body = (
        f"<p>{escape(first)}</p>\n<p>{_link(confirm, 'Confirm the address')} within two days.</p>\n"
        f"<p>{escape(last)}</p>\n"
    )
    message.add_alternative(
        HTML.format(language="en", direction="ltr", title="Confirm your email address", body=body), subtype="html"
    )
    return message

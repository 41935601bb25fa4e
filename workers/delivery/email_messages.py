"""Texts of the emails, as plain text and simple HTML with all visitors' input escaped.

A confirmation request may go to a stranger's address, so it contains no visitor's input, not even a name.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

import idna

from comments.model import Comment
from comments.origins import origin_of
from comments.page_links import page_link
from comments.site import Site
from comments.text_cleaning import without_reordering
from comments.validation import BIDI, is_email, is_web_address

from .email_headers import POLICY

#: Ancestors of a reply that its mail refers to. Mail programs need the nearest.
MAX_REFERENCES = 20
#: Characters of a quoted reply, and of a name or a title in a header.
MAX_QUOTED, MAX_IN_HEADER = 1000, 100

CONFIRMATION_TEXT = """Hello,

A comment on {site} was posted with your email address, with a request for emails about replies.

To receive these emails, confirm your address within 7 days:

{confirm}

If you did not post this comment, ignore this email and you will not receive any others. To block further requests:

{stop}
"""
CONFIRMATION_HTML = """<p>Hello,</p>
<p>A comment on {site} was posted with your email address, with a request for emails about replies.</p>
<p>To receive these emails, confirm your address within 7 days:</p>
<p><a href="{confirm}">Confirm my email address</a></p>
<p>If you did not post this comment, ignore this email and you will not receive any others.
<a href="{stop}">Block further requests</a>.</p>
"""
NOTIFICATION_TEXT = """{author} replied to your comment on {site}:

{quoted}

{page}

You receive this email because you subscribed to replies. Unsubscribe from this comment, or from all of {site}:

{stop}
"""
NOTIFICATION_HTML = """<p><b>{author}</b> replied to your comment on {site}:</p>
<blockquote style="white-space: pre-wrap">{quoted}</blockquote>
<p><a href="{page}">{page}</a></p>
<p><small>You receive this email because you subscribed to replies.
<a href="{stop}">Unsubscribe</a>.</small></p>
"""
HTML = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
{body}</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Values that both kinds of mail need. `stop` is the link to unsubscribe."""

    site: Site
    sender: str
    to: str
    stop: str
    at: datetime

    @property
    def host(self) -> str:
        """The part of a Message-ID behind the @."""
        return self.sender.rpartition("@")[2]


def confirmation_email(envelope: Envelope, comment: Comment, confirm: str) -> EmailMessage:
    """Ask the owner of the address in `comment`, who may not have written it, to confirm."""
    site = one_line(envelope.site.name)
    message = _message(envelope, f"Please confirm: emails about replies on {site}", f"question.{comment.id}")
    values = {"site": site, "confirm": confirm, "stop": envelope.stop}
    return _with_content(message, CONFIRMATION_TEXT.format(**values), CONFIRMATION_HTML, values)


def notification_email(envelope: Envelope, ancestors: Sequence[str], reply: Comment, page: str) -> EmailMessage:
    """Notify an author of a reply. `ancestors` are the comments above it, the one it replies to last.

    Mail programs show a conversation together if its mails name each other, and some only if the subject is the same.
    """
    author, site = one_line(reply.author) or "Someone", one_line(envelope.site.name)
    message = _message(envelope, f"Re: Your comment on {site}", f"reply.{reply.id}")
    above = [f"<reply.{id}@{envelope.host}>" for id in ancestors[-MAX_REFERENCES:]]
    message["In-Reply-To"] = above[-1]
    message["References"] = " ".join(above)
    text = excerpt(without_reordering(reply.public_content))
    values = {"author": author, "site": site, "page": page, "stop": envelope.stop}
    plain = NOTIFICATION_TEXT.format(**values, quoted="\n".join(f"> {line}" for line in text.splitlines()))
    return _with_content(message, plain, NOTIFICATION_HTML, values | {"quoted": text})


def test_mail(sender: str, to: str, id: str, at: datetime) -> EmailMessage:
    """Return the message that `replygate mail` sends, which is about no comment."""
    message = _bare_message(Address("Replygate", addr_spec=sender), to, "Test message", f"test.{id}", at)
    message.set_content("This is a test message from Replygate. Your mail settings work.\n")
    return message


def _message(envelope: Envelope, title: str, id: str) -> EmailMessage:
    sender = Address(one_line(envelope.site.name), addr_spec=envelope.sender)
    message = _bare_message(sender, envelope.to, title, id, envelope.at)
    message["List-Unsubscribe"] = f"<{envelope.stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return message


def _bare_message(sender: Address, to: str, title: str, id: str, at: datetime) -> EmailMessage:
    message = EmailMessage(POLICY)
    name, _, domain = to.rpartition("@")
    message["From"] = sender
    message["To"] = Address(username=name, domain=domain)
    message["Subject"] = title
    message["Date"] = at
    message["Message-ID"] = f"<{id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers (RFC 3834)
    return message


def _with_content(message: EmailMessage, text: str, html: str, values: Mapping[str, str]) -> EmailMessage:
    message.set_content(text)
    body = html.format(**{name: escape(value) for name, value in values.items()})
    message.add_alternative(HTML.format(title=escape(message["Subject"]), body=body), subtype="html")
    return message


def one_line(text: str) -> str:
    """Make text safe for a header: no line breaks, no invisible or direction characters, and not too long."""
    kept = "".join(c for c in BIDI.sub("", text) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    # "=?" would begin an encoded word, which mail programs decode.
    return " ".join(kept.split()).replace("=?", "= ?")[:MAX_IN_HEADER]


def excerpt(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED].rstrip()} …"


def link_target(comment: Comment, site: Site, public_url: str) -> str:
    """Return the comment's page if it belongs to the site or to us; else the site, since visitors name threads."""
    is_ours = is_web_address(comment.thread) and origin_of(comment.thread) == origin_of(public_url)
    page = comment.thread if is_ours else page_link(site, comment.thread)
    if not page:
        return next(iter(site.origins), public_url)
    return page if "#" in page else f"{page}#comment-{comment.id}"


def envelope_address(email: str) -> str:
    """Return an email address for SMTP, with its domain in ASCII; "" for an invalid one."""
    if not is_email(email):
        return ""
    name, _, domain = email.rpartition("@")
    return email if domain.isascii() else f"{name}@{idna.encode(domain, uts46=True).decode()}"

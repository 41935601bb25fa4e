"""Texts of the emails, as plain text and simple HTML with all visitors' input escaped.

A confirmation request may go to a stranger's address, so it contains no visitor's input, not even a name.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

import idna

from comments.model import Comment
from comments.origins import origin_of
from comments.page_links import NO_DETAILS, page_address_of, page_link
from comments.site import Site
from comments.storage.thread_details import ThreadDetails
from comments.text_cleaning import without_reordering
from comments.translations import Translation, first_translation
from comments.validation import BIDI, is_email, is_web_address

from .email_headers import POLICY

#: Ancestors of a reply that its mail refers to. Mail programs need the nearest.
MAX_REFERENCES = 20
#: A text between these two does not change the order of the words around it (FIRST STRONG ISOLATE and its end).
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
#: Characters of a quoted reply, and of a name or a title in a header.
MAX_QUOTED, MAX_IN_HEADER = 1000, 100

#: Webmail shows the content of <body> only, so the language and the direction are needed twice.
HTML = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<div lang="{language}" dir="{direction}">
{body}</div>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an email, as plain text and as HTML with its text escaped."""

    text: str
    link: str = ""
    label: str = ""  # of the link in HTML; without one, its address
    is_quote: bool = False

    @property
    def plain(self) -> str:
        if self.is_quote:
            return "\n".join(f"> {line}" for line in self.text.splitlines())
        return "\n\n".join(filter(None, (self.text, self.link)))

    @property
    def html(self) -> str:
        text, link = escape(self.text), escape(self.link)
        if self.is_quote:
            return f'<blockquote dir="auto" style="white-space: pre-wrap">{text}</blockquote>\n'
        anchor = f'<a href="{link}">{escape(self.label) or link}</a>' if link else ""
        return f"<p>{' '.join(filter(None, (text, anchor)))}</p>\n"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Values that both kinds of mail need. `stop` is the link to unsubscribe."""

    site: Site
    sender: str
    to: str
    stop: str
    at: datetime
    language: str = ""  # the reader's; the site's without it

    @property
    def translation(self) -> Translation:
        return first_translation(self.language, self.site.language)

    def header(self, key: str, about: str = "") -> str:
        """Return a text for a header, about the site or a thread. Raises KeyError for a key that English lacks."""
        return self._template(key).format(site=about or one_line(self.site.name))

    def text(self, key: str, **names: str) -> str:
        """Return a text for the body, in the reader's language. Raises KeyError for a key that English lacks."""
        named, direction = {"site": one_line(self.site.name), **names}, self.translation.direction
        return self._template(key).format(**{name: isolated(value, direction) for name, value in named.items()})

    def _template(self, key: str) -> str:
        text = self.translation.text("emails", key)
        if text is None:
            raise KeyError(key)
        return text

    @property
    def host(self) -> str:
        """The part of a Message-ID behind the @."""
        return self.sender.rpartition("@")[2]


def confirmation_email(envelope: Envelope, comment: Comment, confirm: str) -> EmailMessage:
    """Ask the owner of the address in `comment`, who may not have written it, to confirm."""
    text = envelope.text
    message = _message(envelope, envelope.header("subjectConfirm"), f"question.{comment.id}")
    return _with_content(
        message,
        envelope,
        [
            Paragraph(text("hello")),
            Paragraph(text("asked")),
            Paragraph(text("confirm"), confirm, text("confirmLink")),
            Paragraph(text("ignore")),
            Paragraph(text("block"), envelope.stop, text("blockLink")),
        ],
    )


def notification_email(
    envelope: Envelope, ancestors: Sequence[str], reply: Comment, page: str, title: str = ""
) -> EmailMessage:
    """Notify an author of a reply. `ancestors` are the comments above it, the one it replies to last.

    The article's `title` stands in place of the site's name, which is the sender's.
    Mail programs show a conversation together if its mails name each other, and some only if the subject is the same.
    """
    text = envelope.text
    author = one_line(reply.author) or text("someone")
    about = one_line(title) or one_line(envelope.site.name)
    message = _message(envelope, f"Re: {envelope.header('subjectReply', about)}", f"reply.{reply.id}")
    above = [f"<reply.{id}@{envelope.host}>" for id in ancestors[-MAX_REFERENCES:]]
    message["In-Reply-To"] = above[-1]
    message["References"] = " ".join(above)
    quoted = excerpt(without_reordering(reply.public_content))
    return _with_content(
        message,
        envelope,
        [
            Paragraph(text("replied", author=author, site=about)),
            Paragraph(quoted, is_quote=True),
            Paragraph("", page),
            Paragraph(text("subscribed")),
            Paragraph(text("unsubscribe"), envelope.stop, text("unsubscribeLink")),
        ],
    )


def test_mail(sender: str, to: str, id: str, at: datetime) -> EmailMessage:
    """Return the message that `replygate mail` sends, which is about no comment."""
    message = bare_message(Address("Replygate", addr_spec=sender), to, "Test message", f"test.{id}", at)
    message.set_content("This is a test message from Replygate. Your mail settings work.\n")
    return message


def _message(envelope: Envelope, title: str, id: str) -> EmailMessage:
    sender = Address(one_line(envelope.site.name), addr_spec=envelope.sender)
    message = bare_message(sender, envelope.to, title, id, envelope.at)
    message["List-Unsubscribe"] = f"<{envelope.stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return message


def bare_message(sender: Address, to: str, title: str, id: str, at: datetime) -> EmailMessage:
    message = EmailMessage(POLICY)
    name, _, domain = to.rpartition("@")
    message["From"] = sender
    message["To"] = Address(username=name, domain=domain)
    message["Subject"] = title
    message["Date"] = at
    message["Message-ID"] = f"<{id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers (RFC 3834)
    return message


def _with_content(message: EmailMessage, envelope: Envelope, parts: Sequence[Paragraph]) -> EmailMessage:
    message.set_content("\n\n".join(part.plain for part in parts) + "\n")
    about, title = envelope.translation, escape(message["Subject"])
    body = "".join(part.html for part in parts)
    html = HTML.format(language=about.code, direction=about.direction, title=title, body=body)
    message.add_alternative(html, subtype="html")
    return message


def one_line(text: str) -> str:
    """Make text safe for a header: no line breaks, no invisible or direction characters, and not too long."""
    kept = "".join(c for c in BIDI.sub("", text) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    # "=?" would begin an encoded word, which mail programs decode.
    return " ".join(kept.split()).replace("=?", "= ?")[:MAX_IN_HEADER]


def isolated(name: str, direction: str) -> str:
    """Keep a name from reordering the sentence around it, where the sentence or the name is from right to left."""
    is_mixed = direction == "rtl" or any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    return f"{ISOLATE}{name}{END_ISOLATE}" if is_mixed else name


def excerpt(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED].rstrip()} …"


def link_target(comment: Comment, site: Site, public_url: str, details: ThreadDetails = NO_DETAILS) -> str:
    """Return the comment's page if it belongs to the site or to us; else the site, since visitors name threads."""
    address = page_address_of(comment.thread, details)
    is_ours = is_web_address(address) and origin_of(address) == origin_of(public_url)
    page = address if is_ours else page_link(site, address)
    if not page:
        return next(iter(site.origins), public_url)
    return page if "#" in page else f"{page}#comment-{comment.id}"


def envelope_address(email: str) -> str:
    """Return an email address for SMTP, with its domain in ASCII; "" for an invalid one."""
    if not is_email(email):
        return ""
    name, _, domain = email.rpartition("@")
    return email if domain.isascii() else f"{name}@{idna.encode(domain, uts46=True).decode()}"

"""The mails themselves: plain text and simple HTML, with everything that a visitor wrote escaped. Pure.

A question goes to an address that may be anybody's, so it holds nothing that a visitor wrote, not even a name.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

import idna

from comments.model import Comment
from comments.origins import origin_of
from comments.site import Site
from comments.validation import BIDI, is_email, is_web_address

#: No header is folded: in a folded one Python writes a long link as an encoded word, and it is none any more.
POLICY = SMTP.clone(max_line_length=998)
#: Characters of a reply that are quoted, and of a name or a title in a header.
MAX_QUOTED, MAX_IN_HEADER = 1000, 100

QUESTION = """Hello,

somebody left a comment on {site} with your email address, and asked for mail when others reply to it.

If it was you, please confirm on this page, within a week:

{confirm}

If it was not, do nothing: then no other mail will come. Not to be asked again either:

{stop}
"""
QUESTION_HTML = """<p>Hello,</p>
<p>somebody left a comment on {site} with your email address, and asked for mail when others reply to it.</p>
<p>If it was you, please confirm, within a week:</p>
<p><a href="{confirm}">Yes, send me mail about replies</a></p>
<p>If it was not, do nothing: then no other mail will come.
<a href="{stop}">Do not ask me again</a>.</p>
"""
NOTICE = """{author} replied to your comment on {site}:

{quoted}

{page}

You get this mail because you asked for it. No more about this comment, or none from {site} at all:

{stop}
"""
NOTICE_HTML = """<p><b>{author}</b> replied to your comment on {site}:</p>
<blockquote style="white-space: pre-wrap">{quoted}</blockquote>
<p><a href="{page}">{page}</a></p>
<p><small>You get this mail because you asked for it.
<a href="{stop}">No more about this comment, or none at all</a>.</small></p>
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
    """What both kinds need. `host` is what Message-IDs end in; `stop` unsubscribes."""

    site: Site
    sender: str
    to: str
    stop: str
    at: datetime

    @property
    def host(self) -> str:
        return self.sender.rpartition("@")[2]


def question(envelope: Envelope, comment: Comment, confirm: str) -> EmailMessage:
    """Asks the author of `comment`, who may be somebody else than its writer, whether they want mail."""
    site = one_line(envelope.site.name)
    letter = _letter(envelope, f"Please confirm: mail about replies on {site}", f"question.{comment.id}")
    said = {"site": site, "confirm": confirm, "stop": envelope.stop}
    return _filled(letter, QUESTION.format(**said), QUESTION_HTML, said)


def notice(envelope: Envelope, comment: Comment, reply: Comment, page: str) -> EmailMessage:
    """Tells the author of `comment` of a reply to it."""
    author, site = one_line(reply.author) or "Somebody", one_line(envelope.site.name)
    letter = _letter(envelope, f"{author} replied to your comment on {site}", f"reply.{reply.id}")
    # Mail programs show all replies to one comment as one conversation.
    letter["References"] = f"<comment.{comment.id}@{envelope.host}>"
    text = excerpt(reply.public_content)
    said = {"author": author, "site": site, "page": page, "stop": envelope.stop}
    plain = NOTICE.format(**said, quoted="\n".join(f"> {line}" for line in text.splitlines()))
    return _filled(letter, plain, NOTICE_HTML, said | {"quoted": text})


def test_mail(sender: str, to: str, id: str, at: datetime) -> EmailMessage:
    """Return the message that `replygate mail` sends, which is about no comment."""
    letter = _bare(Address("Replygate", addr_spec=sender), to, "Test message", f"test.{id}", at)
    letter.set_content("This is a test message from Replygate. Your mail settings work.\n")
    return letter


def _letter(envelope: Envelope, title: str, id: str) -> EmailMessage:
    sender = Address(one_line(envelope.site.name), addr_spec=envelope.sender)
    letter = _bare(sender, envelope.to, title, id, envelope.at)
    letter["List-Unsubscribe"] = f"<{envelope.stop}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return letter


def _bare(sender: Address, to: str, title: str, id: str, at: datetime) -> EmailMessage:
    letter = EmailMessage(POLICY)
    name, _, domain = to.rpartition("@")
    letter["From"] = sender
    letter["To"] = Address(username=name, domain=domain)
    letter["Subject"] = title
    letter["Date"] = at
    letter["Message-ID"] = f"<{id}@{sender.domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # no out-of-office answers (RFC 3834)
    return letter


def _filled(letter: EmailMessage, text: str, html: str, said: Mapping[str, str]) -> EmailMessage:
    letter.set_content(text)
    body = html.format(**{name: escape(value) for name, value in said.items()})
    letter.add_alternative(HTML.format(title=escape(letter["Subject"]), body=body), subtype="html")
    return letter


def one_line(text: str) -> str:
    """As it may stand in a header: no line ends, nothing that hides or turns the text, and not long."""
    kept = "".join(c for c in BIDI.sub("", text) if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join(kept.split())[:MAX_IN_HEADER]


def excerpt(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED].rstrip()} …"


def page_of(comment: Comment, site: Site, public_url: str) -> str:
    """Where readers find it, if its thread is a page of the site's or ours; else the site: visitors name threads."""
    at_home = is_web_address(comment.thread) and origin_of(comment.thread) in (*site.origins, origin_of(public_url))
    return f"{comment.thread}#comment-{comment.id}" if at_home else next(iter(site.origins), public_url)


def envelope_address(email: str) -> str:
    """An e-mail address as servers take it, its domain in ASCII; "" for what is none: not all came by our door."""
    if not is_email(email):
        return ""
    name, _, domain = email.rpartition("@")
    return email if domain.isascii() else f"{name}@{idna.encode(domain, uts46=True).decode()}"

"""Emails have the right headers and content, and visitors cannot inject any."""

import email
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from comments.model import Comment
from tests.support.builders import NOW, a_comment, a_site
from workers.delivery.email_messages import (
    Envelope,
    confirmation_email,
    envelope_address,
    link_target,
    notification_email,
    one_line,
)

STOP = "https://replies.example/notices/blog/stop/" + "x" * 90
ENVELOPE = Envelope(a_site(), "replies@blog.example", "ada@example.org", STOP, NOW)
PAGE = "https://blog.example/post#comment-1"
EVIL = "Eve\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>\u202e"


def read(letter: EmailMessage) -> EmailMessage:
    """Parse a message as a mail program does."""
    found = email.message_from_bytes(letter.as_bytes(), policy=SMTP)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def notification(reply: Comment) -> EmailMessage:
    return read(notification_email(ENVELOPE, ["a" * 26], reply, PAGE))


def parts(letter: EmailMessage) -> tuple[str, str]:
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text
    assert html
    return text.get_content(), html.get_content()


@pytest.mark.parametrize(
    "letter",
    [
        confirmation_email(ENVELOPE, a_comment(), "https://c"),
        notification_email(ENVELOPE, ["a" * 26], a_comment(), PAGE),
    ],
)
def test_every_mail_can_be_unsubscribed_and_gets_no_automatic_reply(letter: EmailMessage) -> None:
    raw = letter.as_bytes()
    assert b"\r\nList-Unsubscribe: <" + STOP.encode() + b">\r\n" in raw, "in one piece, or no mail program finds it"
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in raw
    found = read(letter)
    assert (found["From"], found["To"]) == ("A blog <replies@blog.example>", "ada@example.org")
    assert found["Date"].datetime == NOW
    for part in parts(found):
        assert STOP in part


def test_a_notification_has_the_reply_its_author_and_its_page() -> None:
    reply = a_comment(author="Zoë", content="Line one & two\n<b>three</b>")
    letter = notification(reply)
    text, html = parts(letter)
    assert letter["Subject"] == "Re: Your comment on A blog"
    assert letter["Message-ID"] == f"<reply.{reply.id}@blog.example>"
    assert "Zoë replied" in text
    assert "> Line one & two\n> <b>three</b>" in text.replace("\r\n", "\n")
    assert "Line one &amp; two\n&lt;b&gt;three&lt;/b&gt;" in html.replace("\r\n", "\n")
    assert PAGE in text
    assert PAGE in html


def test_a_name_cannot_inject_a_header_a_recipient_or_an_element() -> None:
    letter = notification(a_comment(author=EVIL, content=f"{EVIL}\u2028no quote?\x0bnone?"))
    text, html = parts(letter)
    assert letter["Bcc"] is None
    assert letter["To"] == "ada@example.org"
    assert text.startswith("Eve Bcc: all@example.org <script>alert(1)</script> replied")
    assert "<script" not in html
    assert "\u202e" not in text
    quoted = text.replace("\r\n", "\n").partition(":\n\n")[2].partition("\n\nhttps:")[0]
    assert all(line.startswith(">") for line in quoted.split("\n"))


def test_the_name_of_a_site_cannot_break_a_header() -> None:
    site = a_site(name='The "Blog", <x@y>\r\nBcc: z@example.org')
    letter = read(
        confirmation_email(
            Envelope(site, "replies@blog.example", "ada@example.org", STOP, NOW), a_comment(), "https://c"
        )
    )
    assert letter["Bcc"] is None
    assert [address.addr_spec for address in letter["From"].addresses] == ["replies@blog.example"]


def test_an_email_address_is_shown_to_its_owner_only() -> None:
    raw = notification_email(ENVELOPE, ["a" * 26], a_comment(author="Bob", email="bob@example.net"), PAGE).as_bytes()
    assert b"bob@example.net" not in raw
    assert raw.count(b"ada@example.org") == 1


def test_a_confirmation_request_contains_no_visitors_input() -> None:
    comment = a_comment(
        author="CHEAP", content="CHEAP", thread="https://blog.example/CHEAP", url="https://cheap.example"
    )
    raw = confirmation_email(ENVELOPE, comment, "https://replies.example/confirm").as_bytes()
    assert b"cheap" not in raw.lower()


def test_long_replies_and_long_names_are_cut() -> None:
    letter = notification(a_comment(author="A" * 245, content="b" * 10_000))
    assert len(letter["Subject"]) < 250
    assert 1000 < len(parts(letter)[0]) < 2000
    assert "b …" in parts(letter)[0]


@pytest.mark.parametrize("author", ["", "\u200b", " \n "])
def test_an_author_without_a_name_is_called_somebody(author: str) -> None:
    assert parts(notification(a_comment(author=author)))[0].startswith("Someone replied")
    assert one_line(author) == ""


@pytest.mark.parametrize(
    ("thread", "start"),
    [
        ("https://blog.example/post?a=1", "https://blog.example/post?a=1#comment-"),
        ("http://127.0.0.1:8000/demo/", "http://127.0.0.1:8000/demo/#comment-"),
        ("https://evil.example/post", "https://blog.example"),
        ("javascript:alert(1)", "https://blog.example"),
        ("first-post", "https://blog.example"),
    ],
)
def test_links_lead_to_the_sites_own_pages_only(thread: str, start: str) -> None:
    page = link_target(a_comment(thread=thread), a_site(), "http://127.0.0.1:8000")
    assert page.startswith(start)
    assert "evil" not in page


@pytest.mark.parametrize(
    ("email", "taken"),
    [
        ("ada@example.org", "ada@example.org"),
        ("ada@bücher.example.org", "ada@xn--bcher-kva.example.org"),
        ("ada@example.org\r\nBcc: x@example.org", ""),
        ("ada", ""),
        ("", ""),
    ],
)
def test_the_domain_of_an_address_is_written_in_ascii(email: str, taken: str) -> None:
    assert envelope_address(email) == taken

"""Headers of emails: encoded words and lines of the lengths that RFC 2047 and RFC 5322 ask for."""

import email
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.site import Site
from tests.support.builders import NOW, a_comment, a_site
from workers.delivery.email_messages import Envelope, confirmation_email, notification_email, one_line

STOP = "https://replies.example/notices/blog/stop/" + "x" * 90
WORD = re.compile(rb"=\?[\w-]+\?[bq]\?[!->@-~]*\?=", re.IGNORECASE)
NAMES = [
    "A blog",
    "Le café des écrivains et des écrivaines désœuvrés de l’Île-de-France",
    "日本語のとても長い名前を持つブログ、コメントをお待ちしております、どうぞよろしくお願いいたします",
    "блог о хлебе и воде",
    "👩‍💻 Coding 👨‍👩‍👧",
    'The "Blog", <x@y>; (really)',
    "=?utf-8?q?not_encoded?=",
    "A" * 100,
    "a, b",
    "Ünïcödé " * 12,
    "back\\slash",
]


def mails(site: Site) -> list[EmailMessage]:
    envelope = Envelope(site, "replies@blog.example", "ada@example.org", STOP, NOW)
    ids = [f"{n:026}" for n in range(30)]
    return [
        confirmation_email(envelope, a_comment(), "https://c"),
        notification_email(envelope, ids, a_comment(), "https://blog.example/post"),
    ]


def check(name: str) -> None:
    site = replace(a_site(), name=name)
    for mail in mails(site):
        head = mail.as_bytes().partition(b"\r\n\r\n")[0]
        assert head.isascii()
        for line in head.split(b"\r\n"):
            assert len(line) <= 78 or line.startswith((b"List-Unsubscribe:", b"Content-Type:")), line
            assert line.strip()
        assert all(len(word) <= 75 for word in WORD.findall(head))
        read = email.message_from_bytes(mail.as_bytes(), policy=SMTP)
        assert read["Subject"].endswith(f" on {one_line(name)}")
        # Python's parser of addresses keeps the spaces between encoded words, against RFC 2047, 6.2.
        sender, address = parseaddr(email.message_from_bytes(mail.as_bytes())["From"].replace("\r\n ", " "))
        assert (str(make_header(decode_header(sender))), address) == (one_line(name), "replies@blog.example")
        assert read["To"] == "ada@example.org"
        assert read["List-Unsubscribe"] == f"<{STOP}>"
        assert not read["Subject"].defects


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_site_survives_in_short_encoded_words(name: str) -> None:
    check(name)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=120))
def test_every_name_survives(name: str) -> None:
    if one_line(name):
        check(name)


def test_no_encoded_word_splits_a_character() -> None:
    for mail in mails(replace(a_site(), name=NAMES[2])):
        for word in WORD.findall(mail.as_bytes().partition(b"\r\n\r\n")[0]):
            email.message_from_bytes(b"Subject: " + word + b"\r\n\r\n", policy=SMTP)["Subject"].encode()


def test_a_mail_refers_to_the_nearest_comments_above_the_reply() -> None:
    _, mail = mails(a_site())
    above = mail["References"].split()
    assert len(above) == 20
    assert above[-1] == mail["In-Reply-To"] == f"<reply.{29:026}@blog.example>"

"""Emails are in the language of the page on which the author wrote, else the site's, else the browser's."""

from dataclasses import replace

import pytest

from comments.storage.interfaces import Storage
from service.web.page_language import LANGUAGE_FIELD
from tests.support.builders import NOW, a_comment, a_site
from tests.support.public_app import SUBMIT, a_reply, open_public_app
from workers.delivery.email_messages import Envelope, confirmation_email, notification_email


def envelope(site_language: str = "", language: str = "") -> Envelope:
    site = replace(a_site(), language=site_language)
    return Envelope(site, "replies@blog.example", "ada@example.org", "https://s", NOW, language)


def test_the_whole_mail_is_in_the_language() -> None:
    mail = notification_email(envelope(language="de"), ["a" * 26], a_comment(author=""), "https://blog.example/post")
    assert mail["Subject"] == "Re: Ihr Kommentar auf A blog"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Jemand hat auf Ihren Kommentar auf A blog geantwortet:" in text.get_content()
    assert '<html lang="de" dir="ltr">' in html.get_content()


def test_a_mail_from_right_to_left_has_its_direction_in_the_body_too() -> None:
    """Webmail drops the html element. Names are isolated, so that a number in one cannot move."""
    mail = notification_email(
        envelope(language="ar"), ["a" * 26], a_comment(author="Ada 2"), "https://blog.example/post"
    )
    assert mail["Subject"] == "Re: تعليقك في A blog"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "رد من \u2068Ada 2\u2069 على تعليقك في \u2068A blog\u2069:" in text.get_content()
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    assert '<div lang="ar" dir="rtl">' in html.get_content()


def test_a_name_from_right_to_left_is_isolated_in_any_language() -> None:
    mail = notification_email(envelope(), ["a" * 26], a_comment(author="דנה 2"), "https://blog.example/post")
    text = mail.get_body(("plain",))
    assert text is not None
    assert "\u2068דנה 2\u2069 replied to your comment on A blog:" in text.get_content()


def test_the_page_comes_before_the_site() -> None:
    assert confirmation_email(envelope("de", "en"), a_comment(), "https://c")["Subject"].startswith("Please confirm")
    assert confirmation_email(envelope("de"), a_comment(), "https://c")["Subject"].startswith("Bitte bestätigen")


@pytest.mark.parametrize(
    ("fields", "headers", "stored"),
    [
        ({LANGUAGE_FIELD: "de-AT"}, {}, "de"),
        ({}, {"Accept-Language": "tlh, de;q=0.5"}, "de"),
        ({LANGUAGE_FIELD: "tlh"}, {}, "en"),
    ],
)
def test_a_comment_that_asks_for_mail_keeps_its_language(
    storage: Storage, fields: dict[str, str], headers: dict[str, str], stored: str
) -> None:
    web = open_public_app(storage, smtp_url="smtp://127.0.0.1:9", mail_from="replies@blog.example")
    sent = web.client.post(SUBMIT, json=a_reply(notify="replies", **fields), headers=headers)
    assert web.comment(sent.json["id"]).language == stored


def test_other_comments_store_no_language(storage: Storage) -> None:
    web = open_public_app(storage)
    sent = web.client.post(SUBMIT, json=a_reply(lang="de"))
    assert web.comment(sent.json["id"]).language == ""

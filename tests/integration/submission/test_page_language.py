"""Pages for visitors are in the language that the page, the site or the browser asks for, in this order."""

from dataclasses import replace

import pytest

from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.builders import published
from tests.support.public_app import HTML, PublicApp, open_public_app

GERMAN_BROWSER = {**HTML, "Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage)


def report_page(comment: Comment, query: str = "") -> str:
    return f"/v1/sites/blog/comments/{comment.id}/reports{query}"


def set_language(web: PublicApp, language: str) -> None:
    """Store the setting before the first request, which would cache the site."""
    site = web.storage.sites.get("blog")
    web.storage.sites.put(replace(site, language=language))


def test_a_browser_chooses_the_language_where_no_other_does(web: PublicApp) -> None:
    answer = web.client.get(report_page(published(web.storage)), headers=GERMAN_BROWSER)
    assert '<html lang="de" dir="ltr">' in answer.text
    assert "Diesen Kommentar melden" in answer.text
    assert answer.headers["Content-Language"] == "de"
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_site_comes_before_the_browser(web: PublicApp) -> None:
    set_language(web, "en")
    assert "Report this comment" in web.client.get(report_page(published(web.storage)), headers=GERMAN_BROWSER).text


def test_the_page_comes_before_the_site(web: PublicApp) -> None:
    set_language(web, "en")
    assert (
        "Diesen Kommentar melden" in web.client.get(report_page(published(web.storage), "?lang=de"), headers=HTML).text
    )


@pytest.mark.parametrize("language", ["", "tlh", "../../etc/passwd", "%00", "x" * 3000])
def test_an_unknown_language_is_english(web: PublicApp, language: str) -> None:
    answer = web.client.get(report_page(published(web.storage)), query_string={"lang": language}, headers=HTML)
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, "en")


def test_a_refused_form_lists_its_problems_in_the_language(web: PublicApp) -> None:
    form = {"thread": "first-post", "author": "Ada", "email": "nobody", "content": ""}
    answer = web.client.post("/v1/sites/blog/comments", data=form, headers=GERMAN_BROWSER)
    assert answer.status_code == 422
    assert "Bitte geben Sie eine gültige E-Mail-Adresse ein." in answer.text
    assert "Kommentar absenden" in answer.text


def test_an_error_page_has_a_title_in_the_language(web: PublicApp) -> None:
    assert "<h1>Nicht gefunden</h1>" in web.client.get("/v1/sites/none/comments/x/reports", headers=GERMAN_BROWSER).text


def test_names_in_a_translated_sentence_are_escaped(web: PublicApp) -> None:
    text = web.client.get(report_page(published(web.storage, author="<i>{0}")), headers=GERMAN_BROWSER).text
    assert "<bdi>&lt;i&gt;{0}</bdi> schrieb:" in text


def test_the_fragment_ignores_the_browser_because_readers_share_it(web: PublicApp) -> None:
    published(web.storage)
    fragment = "/v1/sites/blog/comments.html?thread=first-post"
    assert ">Report</a>" in web.client.get(fragment, headers=GERMAN_BROWSER).text
    assert ">Melden</a>" in web.client.get(f"{fragment}&lang=de").text

"""GET /v1/sites/{site}/comments/{id}: the status of a comment for its author."""

import re

import pytest
from werkzeug.test import TestResponse

from comments.lifecycle import Action, Role
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.support.builders import a_decision, a_site, accepted, decided, moderated, published
from tests.support.public_app import HTML, SUBMIT, PublicApp, open_public_app


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(), a_site(id="other"))


def get_status(web: PublicApp, id: str, receipt: str | None = None, site: str = "blog", **headers: str) -> TestResponse:
    receipt = web.pseudonyms.receipt("blog", id) if receipt is None else receipt
    return web.client.get(f"/v1/sites/{site}/comments/{id}", query_string={"receipt": receipt}, headers=headers)


def test_the_author_gets_one_of_the_public_statuses(web: PublicApp) -> None:
    queued = accepted(web.storage, content="One")
    held = decided(web.storage, accepted(web.storage, content="Two"), Action.HOLD)
    spam = decided(web.storage, accepted(web.storage, content="Three"), Action.SPAM)
    removed = moderated(web.storage, published(web.storage, content="Four"), Action.REMOVE)
    shown = published(web.storage, content="Five")
    status_of = {c.content: get_status(web, c.id).json for c in (queued, held, spam, removed, shown)}
    assert [t["status"] for t in status_of.values()] == ["pending", "pending", "refused", "refused", "published"]
    names = {"id", "status", "received", "reason", "content", "edit", "edit_reason", "seconds_to_edit", "hidden"}
    assert all(set(t) == names for t in status_of.values())
    assert {t["reason"] for t in status_of.values()} == {""}


def test_the_author_gets_the_reason_of_a_removal_but_not_of_spam(web: PublicApp) -> None:
    step = a_decision(Action.REMOVE, Role.MODERATOR, "mo", reason="off-topic")
    before = published(web.storage)
    after = before.with_decision(step)
    web.storage.comments.decide("blog", [CommentChange(before, after)])
    assert get_status(web, before.id).json["reason"] == "It is not about the topic of this page."
    assert "It is not about the topic of this page." in get_status(web, before.id, **HTML).text
    spam = after.with_decision(a_decision(Action.SPAM, Role.MODERATOR, "mo", reason="off-topic"))
    web.storage.comments.decide("blog", [CommentChange(after, spam)])
    assert get_status(web, before.id).json["reason"] == ""


def test_the_receipt_may_be_a_header(web: PublicApp) -> None:
    kept = accepted(web.storage)
    receipt = web.pseudonyms.receipt("blog", kept.id)
    answer = web.client.get(f"{SUBMIT}/{kept.id}", headers={"Replygate-Receipt": receipt})
    assert answer.json["id"] == kept.id
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_receipt_is_answered_like_a_missing_comment(web: PublicApp) -> None:
    kept, missing = accepted(web.storage), "a" * 26
    refused = [
        get_status(web, kept.id, receipt="guess"),
        get_status(web, kept.id, receipt=""),
        get_status(web, kept.id, receipt="ü\ud7ff"),
        get_status(web, kept.id, receipt=web.pseudonyms.receipt("other", kept.id)),
        get_status(web, kept.id, site="other"),
        get_status(web, missing),
        get_status(web, "../" + kept.id),
    ]
    assert {answer.status_code for answer in refused} == {404}
    assert len({answer.data for answer in refused[:-1]}) == 1


def test_a_browser_gets_a_page(web: PublicApp) -> None:
    kept = accepted(web.storage, thread="https://blog.example/post?x=1", author="<b>Ada")
    page = get_status(web, kept.id, **HTML)
    assert page.mimetype == "text/html"
    assert "Your comment is awaiting moderation" in page.text
    assert 'href="https://blog.example/post?x=1"' in page.text
    decided(web.storage, kept, Action.APPROVE)
    page = get_status(web, kept.id, **HTML)
    assert "Your comment is published" in page.text
    assert f'href="https://blog.example/post?x=1#comment-{kept.id}"' in page.text


@pytest.mark.parametrize(
    "thread",
    ["https://evil.example/", "https://blog.example.evil.example/", "javascript:alert(1)", "//blog.example", "x"],
)
def test_a_page_leads_back_to_the_sites_own_pages_only(web: PublicApp, thread: str) -> None:
    page = get_status(web, accepted(web.storage, thread=thread).id, **HTML)
    assert page.status_code == 200
    assert re.findall(r"<a [^>]*href=\"([^\"]*)\"", page.text) == ["https://blog.example"]


def test_the_signals_against_a_comment_are_not_disclosed(web: PublicApp) -> None:
    spam = decided(web.storage, accepted(web.storage), Action.SPAM)
    page = get_status(web, spam.id, **HTML).text
    assert "was not published" in page
    assert "spam" not in page.lower()


def test_a_browser_with_a_wrong_receipt_gets_an_error_page(web: PublicApp) -> None:
    page = get_status(web, "a" * 26, receipt="guess", **HTML)
    assert (page.status_code, page.mimetype) == (404, "text/html")

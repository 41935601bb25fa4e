"""The status page for authors, with forms to edit and withdraw that work without scripts."""

import pytest
from werkzeug.test import TestResponse

from comments.lifecycle import Action, Role
from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.author_requests import SITE, change, comment_url, judge, receipt
from tests.support.builders import accepted, published
from tests.support.markup import parse
from tests.support.public_app import HTML, PublicApp, open_public_app


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, SITE)


def page(web: PublicApp, comment: Comment) -> str:
    return web.client.get(comment_url(comment), headers=HTML | receipt(web, comment)).text


def text_area(page: str) -> str:
    return (next(parse(page).iter("textarea")).text or "").strip()


def send(web: PublicApp, comment: Comment, **fields: str) -> TestResponse:
    """Send a form of the page."""
    fields["receipt"] = fields.get("receipt", web.pseudonyms.receipt("blog", comment.id))
    return web.client.post(f"{comment_url(comment)}/own", data=fields, headers=HTML)


def test_the_page_has_forms_for_both(web: PublicApp) -> None:
    comment = published(web.storage, content="<b>First</b> words.")
    text = page(web, comment)
    assert text_area(text) == "<b>First</b> words."
    assert "Minutes left to edit: 15." in text or "Minutes left to edit: 14." in text
    assert "Withdraw your comment" in text
    answer = send(web, comment, content="Other words.")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{comment_url(comment)}?code=")
    text = page(web, comment)
    assert "Your edit is awaiting moderation." in text
    assert text_area(text) == "Other words."
    assert send(web, comment).status_code == 303
    text = page(web, comment)
    assert "You withdrew your comment" in text
    assert "<form" not in text


def test_the_page_confirms_an_edit_of_a_pending_comment(web: PublicApp) -> None:
    comment = accepted(web.storage)
    assert "Your edit is saved" not in page(web, comment)
    assert send(web, comment, content="Other words.").status_code == 303
    assert "Your edit is saved" in page(web, comment)
    assert send(web, comment).status_code == 303
    assert "Your edit is saved" not in page(web, comment)


def test_the_page_keeps_the_text_of_an_invalid_edit(web: PublicApp) -> None:
    comment = published(web.storage)
    answer = send(web, comment, content="x" * 10_001)
    assert answer.status_code == 422
    assert "Comment has 10001 characters; the limit is 10000." in answer.text
    assert "x" * 10_001 in answer.text
    web.storage.threads.set_closed("blog", "first-post", True)
    assert "The thread is closed." in send(web, comment, content="Other words.").text


def test_the_form_with_a_wrong_receipt_finds_nothing(web: PublicApp) -> None:
    comment = published(web.storage)
    for fields in ({"content": "x"}, {}):
        answer = send(web, comment, receipt="guess", **fields)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert web.comment(comment.id) == comment


def test_the_page_shows_the_reason_for_refusing_an_edit(web: PublicApp) -> None:
    comment = published(web.storage)
    change(web, comment)
    judge(web, comment, Action.HOLD)
    judge(web, comment, Action.REMOVE, Role.MODERATOR, by="mo", reason="off-topic")
    text = page(web, comment)
    assert "Your edit was not published" in text
    assert "It is not about the topic of this page." in text
    assert 'name="content"' not in text

"""Moderators close a thread from a comment, and choose canned replies."""

from dataclasses import replace

import pytest

from comments.errors import Invalid
from service.sites.settings import with_settings
from tests.support.web_app import SignedInClient, WebApp, held

HTML = {"Accept": "text/html"}


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("mo", blog="moderator")


def test_a_thread_is_closed_and_opened_by_form(web_app: WebApp, mo: SignedInClient) -> None:
    comment = held(web_app.storage, thread="first-post")
    assert mo.post_form(f"/review/blog/{comment.id}/thread", version="1", closed="yes").status_code == 303
    assert web_app.storage.threads.is_closed("blog", "first-post")
    assert "Comments are closed in this thread" in mo.get(f"/review/blog/{comment.id}", headers=HTML).text
    mo.post_form(f"/review/blog/{comment.id}/thread", version="1", closed="no")
    assert not web_app.storage.threads.is_closed("blog", "first-post")


def test_a_thread_is_closed_by_api_and_recorded_once(web_app: WebApp, mo: SignedInClient) -> None:
    comment = held(web_app.storage, thread="first-post")
    path = f"/v1/sites/blog/review/comments/{comment.id}/thread"
    for _ in range(2):
        answer = mo.client.put(path, json={"closed": True}, headers={"X-CSRF-Token": mo.csrf})
        assert answer.status_code == 200
    assert web_app.storage.threads.is_closed("blog", "first-post")


def test_a_viewer_closes_no_thread(web_app: WebApp) -> None:
    comment = held(web_app.storage, thread="first-post")
    viewer = web_app.signed_in("vi", blog="viewer")
    assert viewer.post_form(f"/review/blog/{comment.id}/thread", version="1", closed="yes").status_code == 403
    assert not web_app.storage.threads.is_closed("blog", "first-post")


def test_a_canned_reply_is_filled_in_for_the_comment(web_app: WebApp, mo: SignedInClient) -> None:
    site = web_app.storage.sites.get("blog")
    web_app.storage.sites.put(replace(site, canned_replies=("Thanks: Thank you, {name}. {unknown} {site}",)))
    comment = held(web_app.storage, author="{site} <b>")
    text = mo.get(f"/review/blog/{comment.id}?canned=0", headers=HTML).text
    assert "Thank you, {site} &lt;b&gt;. {unknown} The blog</textarea>" in text


def test_a_canned_reply_needs_a_title_and_a_text(web_app: WebApp) -> None:
    site = web_app.storage.sites.get("blog")
    with pytest.raises(Invalid):
        with_settings(site, ["canned_replies=no title"])
    assert with_settings(site, ["canned_replies=Thanks: Thank you!"]).canned_replies == ("Thanks: Thank you!",)

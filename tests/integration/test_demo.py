"""The demo page: an article, its replies, and a form that works without scripts."""

from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest

from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, accepted, decided, published
from tests.support.public_app import HTML, PublicApp, a_reply, open_public_app

SUBMIT = "/v1/sites/demo/comments"
THREAD = "http://127.0.0.1:8000/demo/"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(id="demo", name="Low Water"), demo=True)


def test_the_page_shows_the_published_replies_threaded(web: PublicApp) -> None:
    root = published(web.storage, site="demo", thread=THREAD, author="Ada", content="I *agree*.")
    published(web.storage, site="demo", thread=THREAD, author="Bob", parent=root.id, content="So do I.")
    accepted(web.storage, site="demo", thread=THREAD, author="Eve", content="Not seen yet.")
    page = web.client.get("/demo/", headers=HTML)
    assert page.status_code == 200
    assert "2 replies on" in page.text
    assert "I <em>agree</em>." in page.text
    assert f'id="comment-{root.id}" class="depth-0"' in page.text
    assert 'class="depth-1"' in page.text
    assert "Not seen yet." not in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)


def test_a_reply_link_sets_the_parent_without_scripts(web: PublicApp) -> None:
    root = published(web.storage, site="demo", thread=THREAD, author="Ada")
    page = web.client.get(f"/demo/?reply={root.id}", headers=HTML).text
    assert f'name="parent" value="{root.id}"' in page
    assert "Leave a reply to <bdi>Ada</bdi>" in page
    assert 'name="parent"' not in web.client.get("/demo/?reply=unknown", headers=HTML).text


def test_posting_leads_back_with_a_notice(web: PublicApp) -> None:
    sent = a_reply(thread=THREAD, redirect_to="/demo/", website="")
    answer = web.client.post(SUBMIT, data=sent, headers=HTML)
    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == "/demo/"
    assert answer.headers["Location"].endswith("#reply-sent")
    page = web.client.get(answer.headers["Location"], headers=HTML).text
    assert "Your reply is awaiting moderation" in page
    assert "Well said." not in page
    own = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert f'href="/v1/sites/demo/comments/{own["comment"][0]}?code={own["code"][0]}">Edit or withdraw it' in page
    (queued,) = web.storage.queue.claim("demo", web.jobs.jobs[0][2], 1, 10)
    decided(web.storage, web.comment(queued.id, "demo"), Action.APPROVE)
    page = web.client.get(answer.headers["Location"], headers=HTML).text
    assert "Your reply is published" in page
    assert "Well said." in page


def test_an_invalid_code_shows_no_notice(web: PublicApp) -> None:
    kept = accepted(web.storage, site="demo", thread=THREAD)
    page = web.client.get(f"/demo/?comment={kept.id}&code=guess", headers=HTML)
    assert page.status_code == 200
    assert "awaiting moderation" not in page.text


def test_a_closed_thread_has_no_form(web: PublicApp) -> None:
    published(web.storage, site="demo", thread=THREAD)
    web.storage.threads.set_closed("demo", THREAD, True)
    page = web.client.get("/demo/", headers=HTML).text
    assert "Comments are closed" in page
    assert "<form" not in page


def test_a_malformed_cursor_shows_the_first_page(web: PublicApp) -> None:
    published(web.storage, site="demo", thread=THREAD, content="On the first page")
    assert "On the first page" in web.client.get("/demo/?cursor=spoilt", headers=HTML).text


def test_the_demo_needs_its_setting(storage: Storage) -> None:
    assert open_public_app(storage, a_site(id="demo")).client.get("/demo/").status_code == 404

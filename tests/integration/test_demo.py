"""The demo page: an article, its comments, and a form that works without scripts."""

import html5lib
import pytest

from comments.storage.interfaces import Storage
from comments.thread_addresses import thread_key
from tests.support.builders import a_site, accepted, published
from tests.support.public_app import HTML, PublicApp, a_reply, open_public_app

SUBMIT = "/v1/sites/demo/comments"
ADDRESS = "http://127.0.0.1:8000/demo/"
THREAD = thread_key(ADDRESS, a_site(id="demo"))


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(id="demo", name="Low Water"), demo=True)


def test_the_page_shows_the_published_comments_threaded(web: PublicApp) -> None:
    root = published(web.storage, site="demo", thread=THREAD, author="Ada", content="I *agree*.")
    published(web.storage, site="demo", thread=THREAD, author="Bob", parent=root.id, content="So do I.")
    accepted(web.storage, site="demo", thread=THREAD, author="Eve", content="Not seen yet.")
    page = web.client.get("/demo/", headers=HTML)
    assert page.status_code == 200
    assert page.text.count("2 comments") == 2
    assert "I <em>agree</em>." in page.text
    assert f'id="comment-{root.id}"' in page.text
    assert page.text.count('<ol class="rg-comments">') == 2
    assert "Not seen yet." not in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)


def test_the_page_uses_what_site_owners_get(web: PublicApp) -> None:
    """The script, the HTML fragment and the form of the docs, in the element that the script replaces."""
    published(web.storage, site="demo", thread=THREAD, content="In the fragment.")
    page = web.client.get("/demo/", headers=HTML).text
    fragment = web.client.get("/v1/sites/demo/comments.html", query_string={"thread": ADDRESS}).text
    element = page[page.index("<replygate-comments") : page.index("</replygate-comments>")]
    assert 'src="/widget.js" data-site="demo"' in page
    assert "In the fragment." in element
    assert "In the fragment." in fragment
    assert 'action="/v1/sites/demo/comments"' in element


def test_posting_without_scripts_is_confirmed(web: PublicApp) -> None:
    published(web.storage, site="demo", thread=THREAD, content="An earlier one.")
    answer = web.client.post(SUBMIT, data=a_reply(thread=ADDRESS, website=""), headers=HTML)
    assert answer.status_code == 303
    page = web.client.get(answer.headers["Location"], headers=HTML).text
    assert "awaiting moderation" in page
    assert "An earlier one." in page


def test_a_closed_thread_has_no_form(web: PublicApp) -> None:
    published(web.storage, site="demo", thread=THREAD)
    web.storage.threads.set_closed("demo", THREAD, True)
    page = web.client.get("/demo/", headers=HTML).text
    assert "Comments are closed" in page
    assert "<form" not in page


def test_the_demo_needs_its_setting(storage: Storage) -> None:
    assert open_public_app(storage, a_site(id="demo")).client.get("/demo/").status_code == 404

"""Preview of a comment: the same HTML as after publication, for the site's pages only, and not too often."""

import pytest

from comments.markdown import html
from comments.storage.interfaces import Storage
from service.submission.preview_api import MAX_PREVIEWS
from tests.support.builders import a_site
from tests.support.public_app import PublicApp, open_public_app

PREVIEW = "/v1/sites/blog/preview"
ORIGIN = "https://blog.example"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(origins=(ORIGIN,), max_content=1000), demo=False)


def test_a_preview_is_what_readers_would_see(web: PublicApp) -> None:
    text = "I *enjoyed* this. <script>alert(1)</script>\n\n> quoted"
    answer = web.client.post(PREVIEW, json={"content": text}, headers={"Origin": ORIGIN})
    assert answer.status_code == 200
    assert answer.json == {"html": html(text)}
    assert "<script" not in answer.json["html"]
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_preview_stores_nothing(web: PublicApp) -> None:
    web.client.post(PREVIEW, json={"content": "Not sent."})
    assert web.storage.comments.counters("blog").accepted == 0


@pytest.mark.parametrize("content", ["", "   ", "x" * 1001])
def test_a_text_that_could_not_be_posted_has_no_preview(web: PublicApp, content: str) -> None:
    answer = web.client.post(PREVIEW, json={"content": content})
    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json["problems"]} == {"content"}


def test_pages_of_other_origins_get_no_preview(web: PublicApp) -> None:
    answer = web.client.post(PREVIEW, json={"content": "Hello"}, headers={"Origin": "https://other.example"})
    assert answer.status_code == 403


def test_one_network_gets_a_limited_number_of_previews(web: PublicApp) -> None:
    statuses = [web.client.post(PREVIEW, json={"content": f"Draft {n}"}).status_code for n in range(MAX_PREVIEWS + 1)]
    assert statuses == [200] * MAX_PREVIEWS + [429]
    refused = web.client.post(PREVIEW, json={"content": "One more"})
    assert int(refused.headers["Retry-After"]) > 0
    elsewhere = web.client.post(PREVIEW, json={"content": "Hello"}, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 200

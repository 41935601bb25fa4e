"""A paused site shows its comments and accepts none; a deleted one is gone for everybody."""

import pytest

from comments.site_deletion import deleted_site
from comments.storage.interfaces import Storage
from tests.support.builders import NOW, a_site, published
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app

THREAD = "/v1/sites/blog/comments?thread=first-post"


@pytest.fixture
def paused(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(paused=True), demo=False)


def test_a_paused_site_refuses_new_comments_with_a_problem_that_says_so(paused: PublicApp) -> None:
    answer = paused.client.post(SUBMIT, json=a_reply())
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:replygate:comments-paused"
    assert [(p["field"], p["code"]) for p in answer.json["problems"]] == [("thread", "paused")]


def test_a_form_keeps_the_text_and_says_that_comments_are_paused_in_the_readers_language(paused: PublicApp) -> None:
    english = paused.client.post(SUBMIT, data=a_reply(content="Typed once."), headers=HTML)
    assert english.status_code == 403
    assert "Comments are paused." in english.text
    assert "Typed once." in english.text
    german = paused.client.post(SUBMIT, data=a_reply(), headers=HTML | {"Accept-Language": "de"})
    assert "Kommentare sind vorübergehend nicht möglich." in german.text


def test_the_form_api_tells_the_widget_that_the_site_is_paused(paused: PublicApp) -> None:
    form = paused.client.get("/v1/sites/blog/form?thread=first-post").json
    assert (form["closed"], form["paused"]) == (True, True)


def test_readers_of_a_paused_site_still_see_its_comments(paused: PublicApp, storage: Storage) -> None:
    comment = published(storage)
    assert comment.id in paused.client.get(THREAD).text


def test_a_deleted_site_answers_410_on_every_public_address(storage: Storage) -> None:
    addresses = [THREAD, "/v1/sites/blog/form?thread=first-post", "/v1/sites/blog/counts?thread=first-post"]
    web = open_public_app(storage, deleted_site(a_site(), NOW), demo=False)
    published(storage)
    assert [web.client.get(address).status_code for address in addresses] == [410, 410, 410]
    assert web.client.post(SUBMIT, json=a_reply()).status_code == 410

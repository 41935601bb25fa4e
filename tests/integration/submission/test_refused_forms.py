"""Whatever refuses a form, its answer shows the typed text again. Forms of pages that hide their address are taken."""

from dataclasses import replace
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from comments.errors import StorageDown
from comments.storage.interfaces import Comments, Storage
from tests.integration.submission.test_form_pages import inputs
from tests.support.builders import a_site, published
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app

TYPED = 'What "I" <typed>\n  & more'
WORDPRESS = "/v1/sites/blog/wp-comments-post.php"
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(per_minute=0))


def send(web: PublicApp, address: str = SUBMIT, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
    return web.client.post(address, data=a_reply(content=TYPED) | fields, headers=HTML | (headers or {}))


def is_shown_again(answer: TestResponse, status: int, text: str = TYPED) -> bool:
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    return inputs(answer.text)["content"].strip() == text.strip()


def test_a_form_of_a_page_that_hides_its_address_is_taken(web: PublicApp) -> None:
    for address in (SUBMIT, WORDPRESS):
        fields = {"comment_post_ID": "12"} if address == WORDPRESS else {}
        form = a_reply(content=f"To {address}") | fields
        if fields:
            form.pop("thread")
        answer = web.client.post(address, data=form, headers=HTML | {"Origin": "null"})
        assert answer.status_code == 303
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_scripts_of_a_page_that_hides_its_address_are_refused(web: PublicApp) -> None:
    for kind in ("application/json", "text/plain", ""):
        answer = web.client.post(SUBMIT, data="{}", content_type=kind, headers={"Origin": "null"})
        assert answer.status_code == 403


def test_a_page_of_another_origin(web: PublicApp) -> None:
    answer = send(web, headers={"Origin": "https://evil.example"})
    assert is_shown_again(answer, 403)
    assert web.storage.queue.depth("blog").queued == 0


def test_a_wrong_field_an_unknown_field_and_a_closed_thread(web: PublicApp) -> None:
    web.storage.threads.set_closed("blog", "closed", True)
    for fields in ({"email": "x"}, {"colour": "red"}, {"thread": "closed"}, {"parent": "x"}, {"thread": ""}):
        assert is_shown_again(send(web, **fields), 422)
    assert is_shown_again(send(web, comment="twice"), 422)


def test_a_rate_limit_and_a_full_queue(storage: Storage) -> None:
    web = open_public_app(storage, a_site(per_minute=1), replace(a_site(id="full"), max_pending=1))
    for site, status in (("blog", 429), ("full", 503)):
        first, second = (send(web, f"/v1/sites/{site}/comments", author=name) for name in ("Ada", "Bob"))
        assert first.status_code == 303
        assert is_shown_again(second, status)
        assert int(second.headers["Retry-After"]) > 0


@pytest.mark.parametrize("kind", [URLENCODED, "multipart/form-data"])
def test_a_text_that_is_too_large(web: PublicApp, kind: str) -> None:
    text = "word " * 50_000
    answer = web.client.post(SUBMIT, data=a_reply(content=text), content_type=kind, headers=HTML)
    assert is_shown_again(answer, 413, text)


def test_the_longest_text_is_taken_however_browsers_encode_it(web: PublicApp) -> None:
    for letter in "字😀":
        answer = web.client.post(SUBMIT, data=a_reply(content=letter * 10_000), headers=HTML)
        assert answer.status_code == 303


def test_an_edit_may_be_as_long_as_a_comment(web: PublicApp) -> None:
    comment = published(web.storage)
    fields = {"receipt": web.pseudonyms.receipt("blog", comment.id), "content": "字" * 10_000}
    assert web.client.post(f"{SUBMIT}/{comment.id}/own", data=fields, headers=HTML).status_code == 303


def test_a_form_larger_than_any_page_with_its_text(web: PublicApp) -> None:
    for address in (SUBMIT, WORDPRESS):
        answer = web.client.post(f"{address}?lang=fr", data=a_reply(content="x" * 2_000_000), headers=HTML)
        assert (answer.status_code, answer.mimetype) == (413, "text/html")
        assert "too large" in answer.text


def test_a_form_in_plain_text(web: PublicApp) -> None:
    lines = "".join(f"{name}={value}\r\n" for name, value in a_reply(content="One = 1\r\n\r\ntwo").items())
    answer = web.client.post(SUBMIT, data=lines, content_type="text/plain", headers=HTML)
    assert is_shown_again(answer, 415, "One = 1\n\ntwo") or inputs(answer.text)["content"] == "One = 1\r\n\r\ntwo"
    assert inputs(answer.text)["author"] == "Ada"


@pytest.mark.parametrize("text", ["x=1\r\ny=2", "a\r\nauthor=me\r\ncontent=this\r\n\r\nz"])
def test_a_form_in_plain_text_whose_text_looks_like_fields(web: PublicApp, text: str) -> None:
    lines = "".join(f"{name}={value}\r\n" for name, value in a_reply(content=text).items())
    answer = web.client.post(SUBMIT, data=lines, content_type="text/plain", headers=HTML)
    assert inputs(answer.text)["content"].split() == text.split()
    assert inputs(answer.text)["author"] == "Ada"


def test_a_form_in_plain_text_with_unknown_fields(web: PublicApp) -> None:
    answer = web.client.post(SUBMIT, data="message=Typed\r\n", content_type="text/plain", headers=HTML)
    assert is_shown_again(answer, 415, "message=Typed")


def test_a_form_with_a_field_twice_too_many_fields_or_a_file(web: PublicApp) -> None:
    twice = urlencode([*a_reply(content=TYPED).items(), ("author", "Bob")])
    assert is_shown_again(web.client.post(SUBMIT, data=twice, content_type=URLENCODED, headers=HTML), 400)
    parts = {**a_reply(content=TYPED), "photo": (BytesIO(b"GIF89a"), "photo.gif")}
    answer = web.client.post(SUBMIT, data=parts, content_type="multipart/form-data", headers=HTML)
    assert is_shown_again(answer, 400)


def test_a_wrong_site_key(web: PublicApp) -> None:
    answer = send(web, headers={"Authorization": "Bearer rgk_one_guess"})
    assert is_shown_again(answer, 401)
    assert "WWW-Authenticate" in answer.headers


def test_a_site_that_does_not_exist(web: PublicApp) -> None:
    answer = send(web, "/v1/sites/nowhere/comments")
    assert is_shown_again(answer, 404)
    assert "<form" not in answer.text


class FullDisk:
    """Comments of a storage server that refuses to write."""

    def __init__(self, comments: Comments) -> None:
        self._comments = comments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._comments, name)

    def accept(self, *_: object) -> None:
        raise StorageDown


def test_storage_that_is_down(storage: Storage) -> None:
    full = replace(storage, comments=cast(Comments, FullDisk(storage.comments)))
    answer = send(open_public_app(full, a_site()))
    assert is_shown_again(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0


def test_an_edit_that_cannot_be_applied(web: PublicApp) -> None:
    comment = published(web.storage)
    for receipt, status in (("guess", 404), (web.pseudonyms.receipt("blog", comment.id), 422)):
        text = TYPED if status == 404 else "x" * 10_001
        answer = web.client.post(f"{SUBMIT}/{comment.id}/own", data={"receipt": receipt, "content": text}, headers=HTML)
        assert is_shown_again(answer, status, text)


def test_the_form_that_is_shown_again_can_be_sent(web: PublicApp) -> None:
    again = inputs(send(web, headers={"Origin": "https://evil.example"}).text)
    again = {name: value for name, value in again.items() if name and name != "notify"}
    assert web.client.post(SUBMIT, data=again, headers=HTML | {"Origin": "http://localhost"}).status_code == 303

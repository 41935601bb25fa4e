"""Moderators pin comments by form and by API. Readers see them first at once."""

from datetime import UTC, datetime

import pytest

from comments.model import Comment
from tests.support.builders import published
from tests.support.web_app import SignedInClient, WebApp, held

HTML = {"Accept": "text/html"}


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in("mo", blog="moderator")


@pytest.fixture
def thread(web_app: WebApp) -> list[Comment]:
    received = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 5)]
    return [published(web_app.storage, thread="first-post", received=at) for at in received]


def pin(mo: SignedInClient, comment: Comment, pinned: bool = True) -> int:
    path = f"/v1/sites/blog/review/comments/{comment.id}/pin"
    answer = mo.client.put(path, json={"pinned": pinned}, headers={"X-CSRF-Token": mo.csrf})
    assert answer.status_code != 200 or answer.json == {"pinned": pinned}
    return answer.status_code


def read(web_app: WebApp, **query: str) -> list[tuple[str, bool]]:
    page = web_app.anonymous().get("/v1/sites/blog/comments", query_string={"thread": "first-post", **query}).json
    return [(comment["id"], comment["pinned"]) for comment in page["comments"]]


def test_a_pinned_comment_is_first_at_once_and_marked(
    web_app: WebApp, mo: SignedInClient, thread: list[Comment]
) -> None:
    first = web_app.anonymous().get("/v1/sites/blog/comments?thread=first-post")
    assert pin(mo, thread[2]) == 200
    order = [thread[n].id for n in (2, 0, 1, 3)]
    assert read(web_app) == [(id, id == thread[2].id) for id in order]
    again = web_app.anonymous().get(
        "/v1/sites/blog/comments?thread=first-post", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.json["total"]) == (200, 4)
    assert read(web_app, order="newest")[0] == (thread[2].id, True)
    assert pin(mo, thread[2], pinned=False) == 200
    assert read(web_app)[0] == (thread[0].id, False)


def test_the_html_of_a_thread_marks_pinned_comments(web_app: WebApp, mo: SignedInClient, thread: list[Comment]) -> None:
    pin(mo, thread[3])
    text = web_app.anonymous().get("/v1/sites/blog/comments.html?thread=first-post&lang=de").text
    assert text.index(f'rg-pinned" id="comment-{thread[3].id}"') < text.index(thread[0].id)
    assert text.count("Angeheftet") == 1


def test_a_comment_is_pinned_and_unpinned_by_form(web_app: WebApp, mo: SignedInClient, thread: list[Comment]) -> None:
    path, page = f"/review/blog/{thread[1].id}/pin", f"/review/blog/{thread[1].id}"
    answer = mo.post_form(path, version="1", pinned="yes", status="approved")
    assert answer.headers["Location"] == f"/review/blog?status=approved#c-{thread[1].id}"
    assert '<span class="badge pinned">' in mo.get(page, headers=HTML).text
    assert mo.post_form(path, version="1", pinned="no", alone="1").headers["Location"] == page
    assert '<span class="badge pinned" hidden>' in mo.get(page, headers=HTML).text


def test_pins_are_recorded_once_each(web_app: WebApp, mo: SignedInClient, thread: list[Comment]) -> None:
    for pinned in (True, True, False):
        pin(mo, thread[0], pinned)
    recorded = [entry for entry in web_app.storage.audit.all("blog") if "pin" in entry.action]
    assert [(e.by, e.action, e.subject) for e in recorded] == [
        ("mo", "comment.pin", thread[0].id), ("mo", "comment.unpin", thread[0].id),
    ]  # fmt: skip


def test_a_fourth_pin_and_a_pin_of_an_unpublished_comment_are_refused_in_words(
    web_app: WebApp, mo: SignedInClient, thread: list[Comment]
) -> None:
    assert [pin(mo, comment) for comment in thread] == [200, 200, 200, 422]
    refused = mo.post_form(f"/review/blog/{thread[3].id}/pin", version="1", pinned="yes")
    assert (refused.status_code, "Unpin one of them first" in refused.text) == (422, True)
    waiting = held(web_app.storage, thread="first-post")
    assert pin(mo, waiting) == 422
    assert 'name="pinned"' not in mo.get(f"/review/blog/{waiting.id}", headers=HTML).text


def test_a_viewer_pins_nothing(web_app: WebApp, thread: list[Comment]) -> None:
    viewer = web_app.signed_in("vi", blog="viewer")
    assert pin(viewer, thread[0]) == 403
    assert read(web_app)[0] == (thread[0].id, False)

"""Typed text is repaired, not refused, on every way in: JSON, forms, WordPress's form and edits."""

import json

import pytest

from comments.model import Comment
from comments.storage.interfaces import Storage
from replygate.evaluation.labelled_comments import read
from tests.support.author_requests import change
from tests.support.builders import a_site, published
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app

TYPED = {
    "author": "\ufeffAda\tO\x92Brien\u202e",
    "email": "\u202aada@example.org\u202c\x00",
    "url": "www.example.com/~ada",
    "content": "\ufeff\n    indented()\n\nIt\x92s\x0cfine\x00 \u202egro.llip\u202c می\u200cخواهم",
}
CLEAN = {
    "author": "Ada O’Brien",
    "email": "ada@example.org",
    "url": "https://www.example.com/~ada",
    "content": "    indented()\n\nIt’s\nfine \u202egro.llip\u202c می\u200cخواهم",
}


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(per_minute=0))


def stored(web: PublicApp) -> Comment:
    return web.comment(web.jobs.jobs[-1][2])


def send(web: PublicApp, way: str, **fields: str) -> Comment:
    """Submit the fields in this way, and return the stored comment."""
    if way == "json":
        assert web.client.post(SUBMIT, json=a_reply(**fields)).status_code == 202
    elif way == "urlencoded":
        assert web.client.post(SUBMIT, data=a_reply(**fields), headers=HTML).status_code == 303
    elif way == "multipart":
        form = a_reply(**fields)
        answer = web.client.post(SUBMIT, data=form, headers=HTML, content_type="multipart/form-data")
        assert answer.status_code == 303
    else:
        theirs = a_reply(**fields)
        theirs |= {"comment": theirs.pop("content"), "comment_post_ID": theirs.pop("thread")}
        assert web.client.post("/v1/sites/blog/wp-comments-post.php", data=theirs).status_code == 303
    return stored(web)


WAYS = ("json", "urlencoded", "multipart", "wordpress")


@pytest.mark.parametrize("way", WAYS)
def test_invisible_characters_are_dropped_or_repaired(web: PublicApp, way: str) -> None:
    comment = send(web, way, **TYPED)
    assert {name: getattr(comment, name) for name in CLEAN} == CLEAN


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("example.com", "https://example.com"), ("http://", ""), ("//example.com", "https://example.com")],
)
def test_a_website_is_taken_as_it_is_meant(web: PublicApp, way: str, typed: str, kept: str) -> None:
    assert send(web, way, url=typed).url == kept


def test_an_account_name_is_no_website(web: PublicApp) -> None:
    (problem,) = web.client.post(SUBMIT, json=a_reply(url="@ada")).json["problems"]
    assert problem == {
        "field": "url", "code": "url", "message": "Website must be an address such as https://example.com.",
    }  # fmt: skip


def test_an_edit_is_cleaned_too(web: PublicApp) -> None:
    comment = published(web.storage)
    assert change(web, comment, TYPED["content"]).json["content"] == CLEAN["content"]


def test_an_import_is_cleaned_too() -> None:
    (example,) = read([json.dumps({"label": "ham", **TYPED})]).examples
    assert {name: getattr(example.comment, name) for name in CLEAN} == CLEAN


def test_readers_see_no_reordered_text(web: PublicApp) -> None:
    published(web.storage, author="A\u202eda", content="Buy \u202egro.llip-paehc\u202c \u2066now\u2069 שלום")
    query = {"thread": "first-post"}
    (comment,) = web.client.get(SUBMIT, query_string=query).json["comments"]
    assert (comment["author"], comment["content"]) == ("Ada", "Buy gro.llip-paehc now שלום")
    for address in ("/v1/sites/blog/comments.html", "/v1/sites/blog/feed.atom"):
        answer = web.client.get(address, query_string=query)
        assert answer.status_code == 200
        assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(answer.text), address

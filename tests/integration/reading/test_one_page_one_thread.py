"""Every way in finds the thread of a page, however its address is spelled and wherever it moved."""

from urllib.parse import quote

import pytest

from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, decided
from tests.support.public_app import PublicApp, open_public_app

PAGE = "https://blog.example/café"
SPELLINGS = (
    "https://blog.example/caf%C3%A9",
    "https://blog.example/caf%c3%a9#comments",
    "http://www.blog.example:80/x/../café/?utm_source=news&fbclid=x1",
    "HTTPS://BLOG.EXAMPLE/cafe\u0301/index.html",
)


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    site = a_site(origins=("https://www.blog.example",), per_minute=0)
    return open_public_app(storage, site, public_url="https://replies.example")


def posted(web: PublicApp, thread: str, content: str = "A thoughtful reply.", **fields: str) -> str:
    body = {"thread": thread, "author": "Ada", "email": "ada@example.org", "content": content, **fields}
    answer = web.client.post("/v1/sites/blog/comments", json=body)
    assert answer.status_code == 202, answer.text
    comment = web.storage.comments.get("blog", answer.get_json()["id"])
    return decided(web.storage, comment, Action.APPROVE).id


def ids(web: PublicApp, thread: str) -> list[str]:
    answer = web.client.get("/v1/sites/blog/comments", query_string={"thread": thread})
    return [row["id"] for row in answer.get_json()["comments"]]


def count(web: PublicApp, thread: str) -> int:
    answer = web.client.get("/v1/sites/blog/counts", query_string={"thread": thread})
    return int(answer.get_json()["counts"][thread])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_comment_is_found_under_every_spelling(web: PublicApp, spelling: str) -> None:
    id = posted(web, spelling)
    for other in (PAGE, *SPELLINGS):
        assert ids(web, other) == [id]
        assert count(web, other) == 1
        path = f"/v1/sites/blog/threads/{quote(other, safe='')}"
        assert f"comment-{id}" in web.client.get(f"{path}/comments.html").text
        assert id in web.client.get(f"{path}/comments").text
        assert web.client.get(f"{path}/feed.atom").text.count("<entry>") == 1


def test_forms_of_every_kind_use_the_same_thread(web: PublicApp) -> None:
    fields = {"author": "Ada", "email": "ada@example.org"}
    plain = fields | {"thread": SPELLINGS[1], "content": "From a plain form."}
    wordpress = {
        "comment_post_ID": SPELLINGS[2],
        "comment": "From WordPress.",
        "author": "Eve",
        "email": "e@example.org",
    }
    json = {"Accept": "application/json"}
    first = web.client.post("/v1/sites/blog/comments", data=plain, headers=json)
    second = web.client.post("/v1/sites/blog/wp-comments-post.php", data=wordpress, headers=json)
    threads = {web.storage.comments.get("blog", answer.get_json()["id"]).thread for answer in (first, second)}
    assert threads == {"https://blog.example/caf%C3%A9"}


def test_a_form_token_is_valid_for_every_spelling(web: PublicApp) -> None:
    token = web.client.get("/v1/sites/blog/form", query_string={"thread": SPELLINGS[2]}).get_json()["token"]
    body = {"thread": PAGE, "author": "Ada", "email": "ada@example.org", "content": "Hi there.", "form_token": token}
    answer = web.client.post("/v1/sites/blog/comments", json=body)
    assert web.storage.comments.get("blog", answer.get_json()["id"]).form_token == "valid"


def test_links_lead_to_the_address_that_the_site_lists(web: PublicApp) -> None:
    id = posted(web, "https://blog.example/a/")
    assert f'href="https://www.blog.example/a#comment-{id}"' in web.client.get("/v1/sites/blog/feed.atom").text


def test_old_addresses_answer_with_the_moved_thread(web: PublicApp) -> None:
    old, new = "https://blog.example/2025/post/", "https://blog.example/posts/post"
    root = posted(web, old)
    etag = web.client.get("/v1/sites/blog/comments", query_string={"thread": old}).headers["ETag"]
    assert ids(web, old) == [root]  # cached now
    web.storage.thread_moves.move("blog", "https://blog.example/2025/post", new)
    for address in (old, new, "http://blog.example/posts/post/?gclid=1"):
        assert ids(web, address) == [root]
        assert count(web, address) == 1
        feed = web.client.get("/v1/sites/blog/feed.atom", query_string={"thread": address}).text
        assert f"https://www.blog.example/posts/post#comment-{root}" in feed
        assert "2025" not in feed.partition("<entry>")[2]
    reply = posted(web, old, "An answer at the old address.", parent=root)
    assert ids(web, new) == [root, reply]
    again = web.client.get("/v1/sites/blog/comments", query_string={"thread": old}, headers={"If-None-Match": etag})
    assert again.status_code == 200


def test_a_receipt_and_a_closed_thread_survive_the_move(web: PublicApp) -> None:
    old, new = "https://blog.example/old", "https://blog.example/new"
    body = {"thread": old, "author": "Ada", "email": "ada@example.org", "content": "Keep my receipt."}
    answer = web.client.post("/v1/sites/blog/comments", json=body).get_json()
    web.storage.threads.set_closed("blog", old, closed=True)
    web.storage.thread_moves.move("blog", old, new)
    web.storage.thread_moves.finish("blog")
    status = web.client.get(answer["status_url"], headers={"Replygate-Receipt": answer["receipt"]})
    assert status.get_json()["status"] == "pending"
    assert web.client.get("/v1/sites/blog/form", query_string={"thread": old}).get_json()["closed"] is True
    assert web.client.post("/v1/sites/blog/comments", json=body | {"content": "Too late."}).status_code == 422


def test_a_long_address_in_other_scripts_is_accepted(web: PublicApp) -> None:
    for letters in ("漢" * 62, "ก" * 72, "漢" * 400):
        address = "https://blog.example/" + quote(letters)
        assert ids(web, address) == []
        id = posted(web, address, f"About {len(letters)} letters.")
        assert ids(web, address + "/") == [id]


def test_the_error_of_a_long_address_speaks_of_the_address(web: PublicApp) -> None:
    body = {"thread": "https://blog.example/" + "a" * 500, "author": "A", "email": "a@example.org", "content": "Hi."}
    problem = web.client.post("/v1/sites/blog/comments", json=body).get_json()
    assert [(p["field"], p["code"]) for p in problem["problems"]] == [("thread", "address-too-long")]

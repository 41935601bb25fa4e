"""The site's server moves threads over HTTP."""

import pytest

from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, published
from tests.support.public_app import PublicApp, open_public_app

KEY = "rgk_k1_secret"
OLD, NEW = "https://blog.example/old", "https://blog.example/new"
ADDRESS = "/v1/sites/blog/threads/moves"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(keys=(SiteKey("k1", token_digest(KEY)),)))


def test_a_move_is_shown_first_and_then_done(web: PublicApp) -> None:
    root = published(web.storage, thread=OLD)
    body = {"moves": [{"old": f"{OLD}/#top", "new": NEW}]}
    headers = {"Authorization": f"Bearer {KEY}"}
    planned = {"old": OLD, "new": NEW, "comments": 1, "effect": "move"}
    answer = web.client.post(ADDRESS, json=body | {"dry_run": True}, headers=headers)
    assert answer.get_json() == {"moves": [planned]}
    assert web.storage.threads.counts("blog", [OLD, NEW]) == [1, 0]
    assert web.client.post(ADDRESS, json=body, headers=headers).get_json() == {"moves": [planned]}
    rows = web.client.get("/v1/sites/blog/comments", query_string={"thread": OLD}).get_json()["comments"]
    assert [(row["id"], row["thread"]) for row in rows] == [(root.id, NEW)]
    assert [entry.action for entry in web.storage.audit.all("blog")] == ["thread.move"]


def test_only_the_sites_server_moves_threads(web: PublicApp) -> None:
    published(web.storage, thread=OLD)
    body = {"moves": [{"old": OLD, "new": NEW}]}
    assert web.client.post(ADDRESS, json=body).status_code == 401
    assert web.client.post(ADDRESS, json=body, headers={"Authorization": "Bearer rgk_k1_wrong"}).status_code == 401
    assert web.storage.threads.counts("blog", [OLD]) == [1]


def test_a_loop_is_refused(web: PublicApp) -> None:
    body = {"moves": [{"old": OLD, "new": NEW}, {"old": NEW, "new": OLD}]}
    answer = web.client.post(ADDRESS, json=body, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 422
    assert [problem["code"] for problem in answer.get_json()["problems"]] == ["loop"]


def test_every_contradiction_is_named_and_nothing_moves(web: PublicApp) -> None:
    published(web.storage, thread=OLD)
    targets = (NEW, f"{NEW}/b", f"{NEW}/", f"{NEW}/c")
    for prefix in (False, True):
        body = {"moves": [{"old": OLD, "new": target} for target in targets], "prefix": prefix}
        answer = web.client.post(ADDRESS, json=body, headers={"Authorization": f"Bearer {KEY}"})
        problems = answer.get_json()["problems"]
        assert [problem["code"] for problem in problems] == ["contradiction"] * 2, problems
        assert [problem["message"][:6] for problem in problems] == ["move 2", "move 4"]
    assert web.storage.threads.counts("blog", [OLD]) == [1]


def test_pages_without_comments_below_a_moved_prefix_move_too(web: PublicApp) -> None:
    published(web.storage, thread="https://old.example/a")
    moves = [{"old": "https://old.example/", "new": "https://new.example/"}]
    headers = {"Authorization": f"Bearer {KEY}"}
    body = {"moves": moves, "prefix": True}
    assert web.client.post(ADDRESS, json=body | {"dry_run": True}, headers=headers).status_code == 200
    assert web.storage.thread_moves.prefixes("blog") == {}
    assert web.client.post(ADDRESS, json=body, headers=headers).status_code == 200
    fields = {"thread": "http://www.old.example/zzz/", "author": "Ada", "email": "ada@example.org", "content": "Hello."}
    answer = web.client.post("/v1/sites/blog/comments", json=fields)
    assert answer.status_code == 202, answer.text
    assert web.comment(answer.get_json()["id"]).thread == "https://new.example/zzz"
    published(web.storage, thread="https://new.example/zzz")
    read = {"thread": "https://old.example/zzz"}
    assert web.client.get("/v1/sites/blog/comments", query_string=read).get_json()["total"] == 1
    assert web.client.get("/v1/sites/blog/counts", query_string=read).get_json()["counts"] == {read["thread"]: 1}
    feed = web.client.get("/v1/sites/blog/threads/https://old.example/zzz/feed.atom")
    assert "https://new.example/zzz" in feed.text
    web.storage.threads.set_closed("blog", "https://new.example/zzz", True)
    assert web.client.get("/v1/sites/blog/form", query_string=read).get_json()["closed"] is True

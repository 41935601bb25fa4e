"""Isso's API for readers: only what is public, in the order and the parts that the client asks for."""

import pytest

from comments.isso_names import id_of_isso_comment
from comments.lifecycle import Action, Role, Status
from comments.storage.interfaces import Storage
from tests.support.builders import decided, moderated, published
from tests.support.isso_site import (
    FROM_PAGE,
    PAGE,
    THREAD,
    IssoSite,
    isso_blog,
    number,
    open_isso_site,
    published_here,
    read,
    send,
)


@pytest.fixture
def web(storage: Storage) -> IssoSite:
    return open_isso_site(storage, isso_blog())


def test_a_comment_is_shown_only_while_it_is_published(web: IssoSite) -> None:
    comment = published_here(web, content="Taken down later")
    for action, status in (
        (Action.SPAM, Status.SPAM),
        (Action.APPROVE, Status.APPROVED),
        (Action.REMOVE, Status.REMOVED),
    ):
        comment = moderated(web.storage, comment, action)
        assert comment.status is status
        shown = read(web)["total_replies"], web.client.post("/count", json=["/hello/"]).json()
        assert shown == ((1, [1]) if status is Status.APPROVED else (0, [0]))
        latest = web.client.get("/latest", params={"limit": 5}).json()
        assert len(latest) == (status is Status.APPROVED)
        feed = web.client.get("/feed", params=PAGE).text
        assert ("Taken down later" in feed) == (status is Status.APPROVED)


@pytest.mark.parametrize("action", [Action.HOLD, Action.SPAM, Action.REMOVE, Action.WITHDRAW])
def test_nothing_of_a_comment_that_was_taken_down_is_in_any_answer(web: IssoSite, action: Action) -> None:
    """It keeps its place above its replies, as in Isso, without any of its words."""
    secret = {"content": "s3cr3t text", "author": "s3cr3t name", "email": "s3cr3t@example.org"}
    comment = published_here(web, url="https://s3cr3t.example", **secret)
    reply = published_here(web, 1, parent=comment.id, content="A reply to it.", author="Bo")
    role = {Action.HOLD: Role.FILTERS, Action.WITHDRAW: Role.AUTHOR}.get(action, Role.MODERATOR)
    decided(web.storage, comment, action, role, "somebody")
    (stub,) = read(web)["replies"]
    assert (stub["mode"], stub["id"], stub["text"]) == (4, number(comment), "")
    assert stub["author"] is stub["website"] is stub["modified"] is None
    assert [r["id"] for r in stub["replies"]] == [number(reply)]
    assert stub["replies"][0]["parent"] == stub["id"]
    everything = [
        web.client.get("/", params={**PAGE, "plain": 1}).text,
        web.client.get("/", params={**PAGE, "parent": stub["id"]}).text,
        web.client.get("/feed", params=PAGE).text,
        web.client.get("/latest", params={"limit": 9}).text,
        web.client.get(f"/id/{stub['id']}").text,
    ]
    assert not [text for text in everything if "s3cr3t" in text]
    assert send(web, "Late", parent=stub["id"]).status_code == 400


def test_email_and_network_never_leave(web: IssoSite) -> None:
    answers = [send(web, "One", author="Ada", email="ada@example.org"), web.client.get("/", params=PAGE)]
    other = send(web, "Two", author="Bo", email="ada@example.org")
    for answer in (*answers, other):
        assert "ada@example.org" not in answer.text
    same_name = send(web, "Three", author="Ada", email="other@example.org")
    assert answers[0].json()["hash"] == same_name.json()["hash"], "the hash is made of the name"
    assert answers[0].json()["hash"] != other.json()["hash"], "not of the email address"


def test_a_typed_name_never_has_the_picture_of_a_team_member(web: IssoSite) -> None:
    published_here(web, author="Ada", role="staff", user="team")
    published_here(web, 1, author="Ada")
    staff, visitor = read(web)["replies"]
    assert staff["hash"] != visitor["hash"]
    assert (staff["author"], visitor["author"]) == ("Ada (staff)", "Ada")


def test_replies_of_any_depth_are_shown_below_the_top_level_comment(web: IssoSite) -> None:
    above = top = published_here(web)
    for n in range(1, 9):
        above = published_here(web, n, parent=above.id, content=f"Level {n}")
    (shown,) = read(web)["replies"]
    assert shown["total_replies"] == 8
    assert [r["text"] for r in shown["replies"]] == [f"<p>Level {n}</p>" for n in range(1, 9)]
    assert {r["parent"] for r in shown["replies"]} == {number(top)}
    answer = send(web, "To the deepest", parent=number(above))
    assert answer.json()["parent"] == number(top)
    newest = web.storage.threads.newest("blog", THREAD, 1)[0]
    assert newest.parent == above.id


def test_parts_of_a_long_thread_give_every_comment_once(web: IssoSite) -> None:
    """Also where a page of storage ends within a branch, and with stubs in between."""
    expected: set[int] = set()
    for n in range(12):
        top = published_here(web, n * 100)
        expected.add(number(top))
        above = top
        for m in range(n):
            above = published_here(web, n * 100 + m + 1, parent=above.id if m % 3 else top.id)
            expected.add(number(above))
    found: list[int] = []
    offset, hidden = 0, 1
    while hidden:
        page = read(web, limit=5, nested_limit=2, offset=offset)
        for branch in page["replies"]:
            found += [branch["id"], *(r["id"] for r in branch["replies"])]
            shown = len(branch["replies"])
            while shown < branch["total_replies"]:
                more = read(web, parent=branch["id"], limit=3, offset=shown)
                found += [r["id"] for r in more["replies"]]
                shown += len(more["replies"])
                assert more["hidden_replies"] == branch["total_replies"] - shown
        offset += len(page["replies"])
        hidden = page["hidden_replies"]
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_an_imported_comment_is_found_by_its_old_number(web: IssoSite) -> None:
    old = published_here(web, id=id_of_isso_comment(7))
    published_here(web, 5, parent=old.id)
    assert read(web)["replies"][0]["id"] == 7
    assert read(web, parent=7)["total_replies"] == 1
    assert send(web, "To an old one", parent=7).json()["parent"] == 7
    assert send(web, "To none", parent=8).status_code == 400
    elsewhere = published(web.storage, thread="other", id=id_of_isso_comment(9))
    assert send(web, "To another page", parent=number(elsewhere)).status_code == 400


def test_answers_to_readers_are_cached_until_the_thread_changes(web: IssoSite) -> None:
    published_here(web)
    first = web.client.get("/", params=PAGE, headers=FROM_PAGE)
    again = web.client.get("/", params=PAGE, headers=FROM_PAGE | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Credentials"] == "true"
    send(web)
    changed = web.client.get("/", params=PAGE, headers=FROM_PAGE | {"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json()["total_replies"]) == (200, 2)
    web = open_isso_site(web.storage, isso_blog(required=("content", "email")))
    assert web.client.get("/", params=PAGE).json()["config"]["require-email"] is True


def test_only_the_three_files_of_the_client_are_served(web: IssoSite) -> None:
    for name in ("js/embed.min.js", "js/count.min.js", "css/isso.css"):
        file = web.client.get(f"/{name}")
        assert file.status_code == 200
        assert file.headers["Content-Type"].split(";")[0] in ("text/javascript", "text/css")
        assert file.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for name in ("js/LICENSE", "js/isso.css", "css/embed.min.js", "js/..%2f..%2f..%2fshell.js", "img/x", "js/embed.js"):
        assert web.client.get(f"/{name}").status_code == 404, name

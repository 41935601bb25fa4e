"""Isso's API: limits, rights, hostile requests, and nothing that is not public."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from werkzeug.http import parse_cookie

from comments.isso_names import id_of_isso_comment, isso_number
from comments.lifecycle import Action, Role, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from comments.thread_addresses import thread_key
from tests.integration.web.test_cors import FOREIGN
from tests.support.builders import NOW, decided, moderated, published
from tests.support.isso_requests import ORIGIN
from tests.support.isso_site import IssoSite, isso_blog, open_isso_site

PAGE = {"uri": "/hello/"}
THREAD = thread_key(f"{ORIGIN}/hello/", isso_blog())
FROM_PAGE = {"Origin": ORIGIN}


@pytest.fixture
def web(storage: Storage) -> IssoSite:
    return open_isso_site(storage, isso_blog())


def send(web: IssoSite, text: str = "Well said.", headers: dict[str, str] = FROM_PAGE, **fields: Any) -> httpx.Response:
    return web.client.post("/new", params=PAGE, json={"text": text, **fields}, headers=headers)


def read(web: IssoSite, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = web.client.get("/", params={**PAGE, **query}).raise_for_status().json()
    return found


def own_cookie(answer: httpx.Response) -> str:
    """Return the cookie with the author's right, as a browser sends it back."""
    name = str(answer.json()["id"])
    return next(c.split(";")[0] for c in answer.headers.get_list("Set-Cookie") if c.startswith(f"{name}="))


def published_here(web: IssoSite, n: int = 0, **changes: Any) -> Comment:
    """Publish a comment, and take its job from the queue so that the next submission starts its own."""
    comment = published(web.storage, thread=THREAD, received=NOW + timedelta(seconds=n), **changes)
    web.storage.queue.claim("blog", comment.id, 1, 1.0)
    return comment


def number(comment: Comment) -> int:
    return isso_number(comment.id, comment.received)


def test_a_comment_is_stored_like_any_other(web: IssoSite) -> None:
    answer = send(web, author="Ada", email="ada@example.org", website="https://ada.example", title="Hello & all")
    (comment,) = web.storage.comments.by_status("blog", Status.APPROVED, 2).rows
    assert (comment.thread, comment.author, comment.email) == (THREAD, "Ada", "ada@example.org")
    assert (comment.url, comment.content, comment.trap) == ("https://ada.example", "Well said.", "")
    assert comment.origin
    assert answer.json()["id"] == number(comment)
    (details,) = web.storage.thread_details.get("blog", [THREAD])
    assert details.title == "Hello & all"


def test_repeating_a_comment_stores_it_once(web: IssoSite) -> None:
    first, again = send(web), send(web)
    assert first.json()["id"] == again.json()["id"]
    assert read(web)["total_replies"] == 1


def test_the_rate_limit_of_the_site_holds(web: IssoSite) -> None:
    web = open_isso_site(web.storage, isso_blog(per_minute=1))
    assert send(web, "One").status_code == 201
    refused = send(web, "Two")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["message"]


def test_every_field_with_a_problem_is_named(web: IssoSite) -> None:
    web = open_isso_site(web.storage, isso_blog(required=("author", "email", "content")))
    answer = send(web, "", author="", email="no address")
    assert answer.status_code == 400
    for words in ("Enter your name.", "Email address is missing an @", "Write a comment."):
        assert words in answer.json()["message"]
    settings = web.client.get("/config").json()["config"]
    assert (settings["require-author"], settings["require-email"]) == (True, True)


def test_the_honeypot_of_the_site_is_read_and_the_website_is_none(web: IssoSite) -> None:
    """The usual name of the honeypot is the name of a field that Isso's form shows."""
    assert isso_blog().trap_field == "website"
    assert send(web, "With a website", website="https://ada.example").status_code == 201
    web = open_isso_site(web.storage, isso_blog(trap_field="fax"))
    answer = send(web, "With a fax", fax="123")
    assert answer.status_code == 202
    (comment,) = web.storage.comments.by_status("blog", Status.HELD, 2).rows
    assert comment.trap == "123"


def test_closed_threads_and_paused_sites_take_no_comments(web: IssoSite) -> None:
    web.storage.threads.set_closed("blog", THREAD, True)
    assert send(web).status_code == 400
    web = open_isso_site(web.storage, isso_blog(paused=True))
    assert send(web).status_code == 403


def test_the_browser_is_recognized_with_its_next_comment(web: IssoSite) -> None:
    first = send(web, "First")
    cookie = next(c.split(";")[0] for c in first.headers.get_list("Set-Cookie") if c.startswith("replygate-author-"))
    send(web, "Second", headers=FROM_PAGE | {"Cookie": cookie})
    send(web, "From another browser")
    browsers = {c.content: c.browser for c in web.storage.comments.by_status("blog", Status.APPROVED, 5).rows}
    assert browsers["First"] == browsers["Second"] != browsers["From another browser"]


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


def test_the_right_of_the_cookie_is_that_of_the_receipt(web: IssoSite) -> None:
    answer = send(web)
    n, cookie = answer.json()["id"], own_cookie(answer)
    id, _, receipt = parse_cookie(cookie)[str(n)].partition(".")
    assert web.pseudonyms.is_receipt("blog", id, receipt)
    other = send(web, "Another one")
    forged = [
        "", f"{n}=", f"{n}=x", f"{n}={id}", f"{n}={id}.", f"{n}={id}.{receipt[:-1]}x",
        cookie.replace(str(n), str(n + 1)), own_cookie(other).replace(str(other.json()["id"]), str(n)),
    ]  # fmt: skip
    for given in forged:
        headers = FROM_PAGE | ({"Cookie": given} if given else {})
        statuses = [
            web.client.get(f"/id/{n}", headers=headers).status_code,
            web.client.put(f"/id/{n}", json={"text": "Changed"}, headers=headers).status_code,
            web.client.request("DELETE", f"/id/{n}", headers=headers).status_code,
        ]
        assert statuses == [403, 403, 403], given
    strange = web.app.test_client().get(f"/isso/blog/id/{n}", headers={"Cookie": f"{n}={id}.é"})
    assert strange.status_code == 403
    assert web.client.get(f"/id/{n}", headers={"Cookie": cookie}).json()["text"] == "<p>Well said.</p>"


def test_the_cookie_of_the_page_holds_no_right(web: IssoSite) -> None:
    answer = send(web)
    copied = answer.headers["X-Set-Cookie"]
    assert copied.startswith(f"isso-{answer.json()['id']}=1;")


@pytest.mark.parametrize("path", ["", "/replies"])
def test_the_cookies_are_secure_and_have_the_path_at_which_the_service_is(storage: Storage, path: str) -> None:
    changes = {"public_url": f"https://replies.example{path}"}
    web = open_isso_site(storage, isso_blog(origins=("https://blog.example",)), **changes)
    answer = send(web, headers={"Origin": "https://blog.example"})
    cookies = answer.headers.get_list("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        expected = {"Secure", "HttpOnly", "SameSite=None", "Partitioned", f"Path={path}/isso/blog/"}
        assert expected <= set(cookie.split("; "))
    assert {"Secure", "SameSite=Lax", "Path=/"} <= set(answer.headers["X-Set-Cookie"].split("; "))


def test_an_edit_waits_for_the_filters_and_too_late_ones_are_refused(web: IssoSite) -> None:
    answer = send(web)
    n, headers = answer.json()["id"], FROM_PAGE | {"Cookie": own_cookie(answer)}
    edited = web.client.put(f"/id/{n}", json={"text": "Better said."}, headers=headers)
    assert (edited.status_code, edited.json()["text"]) == (200, "<p>Better said.</p>")
    assert read(web)["replies"][0]["text"] == "<p>Better said.</p>"
    web = open_isso_site(web.storage, isso_blog(edit_seconds=0))
    late = web.client.put(f"/id/{n}", json={"text": "Too late."}, headers=headers)
    assert late.status_code == 403
    assert read(web)["replies"][0]["text"] == "<p>Better said.</p>"
    assert web.client.request("DELETE", f"/id/{n}", headers=headers).json() is None
    assert web.client.get(f"/id/{n}", headers=headers).status_code == 403


@pytest.mark.parametrize("origin", [*(o for o in FOREIGN if o != ORIGIN), "https://blog.example"])
def test_pages_of_other_sites_may_do_nothing(web: IssoSite, origin: str) -> None:
    answer = send(web)
    n, headers = answer.json()["id"], {"Origin": origin, "Cookie": own_cookie(answer)}
    asked = [
        send(web, "Foreign", headers=headers),
        web.client.put(f"/id/{n}", json={"text": "Foreign"}, headers=headers),
        web.client.request("DELETE", f"/id/{n}", headers=headers),
        web.client.get(f"/id/{n}", headers=headers),
        web.client.post("/preview", json={"text": "Foreign"}, headers=headers),
    ]
    assert [a.status_code for a in asked] == [403] * 5
    preflight = web.client.options(f"/id/{n}", headers=headers | {"Access-Control-Request-Method": "DELETE"})
    public = web.client.get("/", params=PAGE, headers=headers)
    for answered in (*asked, preflight, public):
        assert not [name for name in answered.headers if name.startswith("access-control")]
        assert "Origin" in answered.headers["Vary"]
    assert read(web)["total_replies"] == 1


def test_forms_of_other_sites_change_nothing(web: IssoSite) -> None:
    """A browser sends these types without asking first."""
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        headers = FROM_PAGE | {"Content-Type": kind}
        sent = web.client.post("/new", params=PAGE, content='{"text": "Forged"}', headers=headers)
        assert sent.status_code == 403
    assert read(web)["total_replies"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b'"text"', b"{", b'{"text": "a", "text": "b"}', b"\xff", b'{"text": "\\ud800"}',
        b'{"text": NaN}', b'{"text": 1e999}', b'{"parent": true, "text": "a"}', b'{"parent": 1.5, "text": "a"}',
        b'{"parent": -1, "text": "a"}', b'{"parent": 9223372036854775807, "text": "a"}', b"[" * 30_000,
        b'{"parent": ' + b"9" * 5000 + b', "text": "a"}', b'{"text": {}}', b'{"title": [], "text": "a"}',
        json.dumps({"text": "Fine", "website": "javascript:alert(1)"}).encode(),
        json.dumps({"text": "x" * 20_000}).encode(),
    ],
)  # fmt: skip
def test_unreadable_bodies_are_refused_with_a_message(web: IssoSite, body: bytes) -> None:
    answer = web.client.post(
        "/new", params=PAGE, content=body, headers=FROM_PAGE | {"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert web.storage.queue.depth("blog").queued == 0


@pytest.mark.parametrize(
    "query",
    [
        "", "uri=", "uri=%00", "uri=" + "a" * 9000, "uri=/x&limit=", "uri=/x&limit=1e9", "uri=/x&nested_limit=x",
        "uri=/x&offset=" + "9" * 5000, "uri=/x&after=nan", "uri=/x&after=x", "uri=/x&sort=NEWEST", "uri=/x&parent=0x1",
    ],
)  # fmt: skip
def test_unreadable_queries_are_refused_with_a_message(web: IssoSite, query: str) -> None:
    answer = web.client.get(f"/?{query}")
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "query",
    ["limit=-1", "limit=99999999999999999999", "parent=-5", "parent=0", "parent=99999999999999999999", "offset=7"],
)
def test_numbers_that_mean_nothing_find_nothing(web: IssoSite, query: str) -> None:
    published_here(web)
    answer = web.client.get(f"/?uri=/hello/&{query}")
    assert answer.status_code == 200
    assert len(answer.json()["replies"]) == query.startswith("limit")
    assert answer.json()["hidden_replies"] == 0


@pytest.mark.parametrize("body", [b"{}", b"null", b"[1]", b'[["a"]]', b"[" + b'"x",' * 200 + b'"x"]', b"x", b""])
def test_counts_of_anything_but_a_list_of_threads_are_refused(web: IssoSite, body: bytes) -> None:
    assert web.client.post("/count", content=body).status_code == 400


def test_missing_and_deleted_sites_are_not_found(web: IssoSite) -> None:
    for path in ("/?uri=/x", "/config", "/js/embed.min.js", "/latest?limit=1"):
        missing = web.client.get(f"http://replies.example/isso/no-such-site{path}")
        assert missing.status_code == 404
        web = open_isso_site(web.storage, isso_blog(deleted=NOW))
        assert web.client.get(path).status_code == 410


def test_only_the_three_files_of_the_client_are_served(web: IssoSite) -> None:
    for name in ("js/embed.min.js", "js/count.min.js", "css/isso.css"):
        file = web.client.get(f"/{name}")
        assert file.status_code == 200
        assert file.headers["Content-Type"].split(";")[0] in ("text/javascript", "text/css")
        assert file.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for name in ("js/LICENSE", "js/isso.css", "css/embed.min.js", "js/..%2f..%2f..%2fshell.js", "img/x", "js/embed.js"):
        assert web.client.get(f"/{name}").status_code == 404, name


def test_votes_are_refused_in_the_form_of_the_client(web: IssoSite) -> None:
    comment = published_here(web)
    for vote in ("like", "dislike"):
        answer = web.client.post(f"/id/{number(comment)}/{vote}", headers=FROM_PAGE)
        assert answer.status_code == 403
        assert answer.json()["likes"] - answer.json()["dislikes"] == 0
    assert web.client.get("/config").json()["config"]["vote"] is False


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

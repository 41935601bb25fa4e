"""Isso's API for authors: limits, rights by cookies, edits, and nothing for pages of other sites."""

import pytest
from werkzeug.http import parse_cookie

from comments.lifecycle import Status
from comments.storage.interfaces import Storage
from tests.integration.web.test_cors import FOREIGN
from tests.support.isso_requests import ORIGIN
from tests.support.isso_site import (
    FROM_PAGE,
    PAGE,
    THREAD,
    IssoSite,
    isso_blog,
    number,
    open_isso_site,
    own_cookie,
    published_here,
    read,
    send,
)


@pytest.fixture
def web(storage: Storage) -> IssoSite:
    return open_isso_site(storage, isso_blog())


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


def test_the_right_of_the_cookie_is_that_of_the_receipt(web: IssoSite) -> None:
    answer = send(web)
    n, cookie = answer.json()["id"], own_cookie(answer)
    id, _, receipt = parse_cookie(cookie)[str(n)].partition(".")
    assert web.pseudonyms.is_receipt("blog", id, receipt)
    other = send(web, "Another one")
    forged = [
        "", f"{n}=", f"{n}=x", f"{n}={id}", f"{n}={id}.", f"{n}={id}.{receipt[1:]}{receipt[0]}",
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


def test_votes_are_refused_in_the_form_of_the_client(web: IssoSite) -> None:
    comment = published_here(web)
    for vote in ("like", "dislike"):
        answer = web.client.post(f"/id/{number(comment)}/{vote}", headers=FROM_PAGE)
        assert answer.status_code == 403
        assert answer.json()["likes"] - answer.json()["dislikes"] == 0
    assert web.client.get("/config").json()["config"]["vote"] is False

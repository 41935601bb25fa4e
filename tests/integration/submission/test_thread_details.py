"""Title and address of a thread: sent with comments, set by the site's server, and who may change them."""

import pytest

from comments.audit import AuditAction
from comments.pseudonyms import token_digest
from comments.settings import Settings
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from comments.storage.thread_details import ThreadDetails
from tests.support.builders import a_site
from tests.support.public_app import SUBMIT, PublicApp, a_reply, open_public_app

KEYS = Keys("rg")
KEY = "rgk_k1_" + "s" * 40
KEYED = {"Authorization": f"Bearer {KEY}"}
FROM_PAGE = {"Origin": "https://blog.example"}
PAGE = "https://blog.example/2026/walks"
ABOUT = {"thread_title": "Walking in wind", "thread_url": PAGE}
THREAD = "/v1/sites/blog/threads/post-12"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(keys=(SiteKey("k1", token_digest(KEY)),)))


def send(web: PublicApp, headers: dict[str, str], content: str = "Well said.", **fields: str) -> int:
    reply = a_reply(**({"thread": "post-12", "content": content} | fields))
    return web.client.post(SUBMIT, json=reply, headers=headers).status_code


def details(web: PublicApp, thread: str = "post-12") -> ThreadDetails:
    return web.storage.thread_details.get("blog", [thread])[0]


def test_a_page_of_the_site_sets_what_is_not_set_yet(web: PublicApp) -> None:
    assert send(web, FROM_PAGE, "1", thread_title="Walking in wind") == 202
    assert send(web, FROM_PAGE, "2", thread_title="Buy pills", thread_url=PAGE) == 202
    assert send(web, FROM_PAGE, "3", thread_url="https://blog.example/other") == 202
    assert details(web) == ThreadDetails("Walking in wind", PAGE)


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}])
@pytest.mark.parametrize("kind", ["json", "form"])
def test_a_comment_without_proof_of_its_page_names_no_thread(
    web: PublicApp, headers: dict[str, str], kind: str
) -> None:
    reply = a_reply(thread="post-12", **ABOUT)
    body = {"json": reply} if kind == "json" else {"data": reply}
    expected = 403 if kind == "json" and headers else 202
    assert web.client.post(SUBMIT, **body, headers=headers).status_code == expected
    assert details(web) == ThreadDetails()


def test_the_sites_server_wins(web: PublicApp) -> None:
    send(web, FROM_PAGE, "1", **ABOUT)
    assert send(web, KEYED, "2", thread_title="Wind") == 202
    assert details(web) == ThreadDetails("Wind", PAGE)
    answer = web.client.patch(THREAD, json={"title": "", "url": f"{PAGE}/2"}, headers=KEYED)
    assert answer.json == {"title": "", "url": f"{PAGE}/2"}
    assert details(web) == ThreadDetails("", f"{PAGE}/2")
    entries = [(e.by, e.action, e.after) for e in web.storage.audit.all("blog")]
    assert entries == [
        ("a site key", AuditAction.THREAD_SET, f"Wind {PAGE}"),
        ("a site key", AuditAction.THREAD_SET, f"{PAGE}/2"),
    ]


def test_a_form_of_a_page_names_its_thread_too(web: PublicApp) -> None:
    form = a_reply(thread="post-12", **ABOUT)
    assert web.client.post(SUBMIT, data=form, headers=FROM_PAGE).status_code == 202
    assert details(web) == ThreadDetails("Walking in wind", PAGE)


def test_a_refused_form_keeps_title_and_address(web: PublicApp) -> None:
    form = a_reply(thread="post-12", content="", **ABOUT)
    page = web.client.post(SUBMIT, data=form, headers={**FROM_PAGE, "Accept": "text/html"})
    assert page.status_code == 422
    assert f'name="thread_title" value="{ABOUT["thread_title"]}"' in page.text
    assert f'name="thread_url" value="{PAGE}"' in page.text
    assert f'href="{PAGE}"' in page.text


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://evil.example/", "origin"),
        ("javascript:alert(1)", "url"),
        ("/walks", "url"),
        (PAGE + "a" * 500, "too-long"),
    ],
)
def test_an_address_elsewhere_is_a_problem_of_its_field(web: PublicApp, url: str, code: str) -> None:
    answer = web.client.post(SUBMIT, json=a_reply(thread="post-12", thread_url=url), headers=FROM_PAGE)
    assert [(p["field"], p["code"]) for p in answer.json["problems"]] == [("thread_url", code)]
    changed = web.client.patch(THREAD, json={"url": url}, headers=KEYED)
    assert [(p["field"], p["code"]) for p in changed.json["problems"]] == [("url", code)]
    assert details(web) == ThreadDetails()


def test_a_title_is_one_clean_line(web: PublicApp) -> None:
    assert send(web, FROM_PAGE, thread_title=" Walking\n\u202ein\u200b wind ") == 202
    assert details(web).title == "Walking in wind"


def test_a_visitors_title_is_cut_and_the_servers_is_refused(web: PublicApp) -> None:
    assert send(web, FROM_PAGE, thread_title="t" * 300) == 202
    assert details(web).title == "t" * 200
    answer = web.client.patch(THREAD, json={"title": "t" * 201}, headers=KEYED)
    assert [p["code"] for p in answer.json["problems"]] == ["too-long"]


def test_deleted_details_leave_nothing(web: PublicApp, valkey_settings: Settings) -> None:
    put, client = web.storage.thread_details.put, connect(valkey_settings)
    put("blog", "post-12", "Wind", PAGE)
    keys = [KEYS.thread_titles("blog"), KEYS.thread_urls("blog")]
    assert [client.hvals(key) for key in keys] == [[b"Wind"], [PAGE.encode()]]
    assert put("blog", "post-12", "", "") == ThreadDetails("Wind", PAGE)
    assert [client.hvals(key) for key in keys] == [[], []]


def test_a_thread_that_is_named_by_its_address_has_a_title_only(web: PublicApp) -> None:
    assert send(web, FROM_PAGE, thread=PAGE, thread_title="Wind", thread_url="https://evil.example/") == 202
    assert details(web, PAGE) == ThreadDetails("Wind", "")
    answer = web.client.patch(f"/v1/sites/blog/threads/{PAGE}", json={"url": PAGE}, headers=KEYED)
    assert [p["code"] for p in answer.json["problems"]] == ["named-by-address"]


def test_only_the_sites_server_changes_them(web: PublicApp) -> None:
    for headers in ({}, FROM_PAGE, {"Authorization": "Bearer rgk_k1_wrong"}):
        assert web.client.patch(THREAD, json={"title": "x"}, headers=headers).status_code == 401
    assert details(web) == ThreadDetails()


def test_title_and_address_move_with_their_thread(web: PublicApp) -> None:
    put, move = web.storage.thread_details.put, web.storage.thread_moves.move
    put("blog", "a", "A", PAGE)
    move("blog", "a", "b")
    assert (details(web, "a"), details(web, "b")) == (ThreadDetails(), ThreadDetails("A", PAGE))
    put("blog", "c", "C", None)
    move("blog", "b", "c")
    assert details(web, "c") == ThreadDetails("C", PAGE), "in a merge the title that is there wins"
    send(web, KEYED, thread="a", thread_title="New")
    assert details(web, "c") == ThreadDetails("New", PAGE), "an alias names the same thread"

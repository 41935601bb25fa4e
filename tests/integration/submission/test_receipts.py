"""Receipts of plain forms: handed over by a one-time code or a cookie, never in an address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from comments.lifecycle import Action
from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from service.submission.receipts import new_code
from tests.support.builders import a_site, decided, published
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app
from tests.support.wait import wait_until

PAGE = "https://blog.example/post"
EXCHANGE = "/v1/sites/blog/receipts"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(per_minute=0, origins=("https://blog.example",)))


def send(client: Client, **changes: str) -> TestResponse:
    answer = client.post(SUBMIT, data=a_reply(thread=PAGE, **changes), headers=HTML)
    assert answer.status_code == 303
    return answer


def redirected(web: PublicApp) -> tuple[str, str]:
    """Send a form with `redirect_to`, and return the comment and the code in the address."""
    query = parse_qs(urlsplit(send(web.client, redirect_to=PAGE).headers["Location"]).query)
    return query["comment"][0], query["code"][0]


def exchange(web: PublicApp, comment: str, code: str, **headers: str) -> TestResponse:
    return web.client.post(EXCHANGE, json={"comment": comment, "code": code}, headers=headers)


def test_a_code_is_exchanged_once(web: PublicApp) -> None:
    comment, code = redirected(web)
    answer = exchange(web, comment, code, Origin="https://blog.example")
    assert answer.json == {"receipt": web.pseudonyms.receipt("blog", comment)}
    assert answer.headers["Access-Control-Allow-Origin"] == "https://blog.example"
    assert exchange(web, comment, code).status_code == 404


def test_a_code_is_bound_to_its_comment_and_site(web: PublicApp) -> None:
    comment, code = redirected(web)
    other = published(web.storage)
    web.storage.sites.put(a_site(id="other"))
    assert exchange(web, other.id, code).status_code == 404
    assert web.client.post("/v1/sites/other/receipts", json={"comment": comment, "code": code}).status_code == 404
    for guess in ("", "x", code[:-1], "*", "\x00", "é"):
        assert exchange(web, comment, guess).status_code == 404
    assert exchange(web, comment, code).status_code == 200


def test_pages_of_other_origins_cannot_exchange_a_code(web: PublicApp) -> None:
    comment, code = redirected(web)
    for origin in ("https://evil.example", "null"):
        assert exchange(web, comment, code, Origin=origin).status_code == 403
    assert exchange(web, comment, code).status_code == 200


def test_a_code_expires_after_five_minutes(web: PublicApp) -> None:
    comment, now = published(web.storage).id, datetime.now(UTC)
    for age, status in ((295, 200), (305, 404), (-295, 200), (-305, 404)):
        code = new_code(web.pseudonyms, "blog", comment, now - timedelta(seconds=age))
        assert exchange(web, comment, code).status_code == status


def test_a_used_code_is_noted_on_its_site_for_the_time_given(web: PublicApp) -> None:
    assert web.storage.receipt_codes.use("blog", "code", 1)
    assert not web.storage.receipt_codes.use("blog", "code", 1)
    assert web.storage.receipt_codes.use("other", "code", 1)
    wait_until(lambda: web.storage.receipt_codes.use("blog", "code", 1))


def test_two_codes_of_one_moment_are_exchanged_once_each(web: PublicApp) -> None:
    comment, now = published(web.storage).id, datetime.now(UTC)
    codes = [new_code(web.pseudonyms, "blog", comment, now) for _ in range(2)]
    assert [exchange(web, comment, code).status_code for code in codes * 2] == [200, 200, 404, 404]


def test_a_code_of_another_deployment_or_with_a_changed_letter_is_refused(web: PublicApp) -> None:
    comment, now = published(web.storage).id, datetime.now(UTC)
    code = new_code(web.pseudonyms, "blog", comment, now)
    changed = [code[:n] + ("0" if letter != "0" else "1") + code[n + 1 :] for n, letter in enumerate(code)]
    for guess in (*changed, new_code(Pseudonyms("of another"), "blog", comment, now), code + "A", f"0{code}", code * 2):
        assert exchange(web, comment, guess).status_code in (404, 422)
    assert exchange(web, comment, code).status_code == 200


def test_one_of_many_simultaneous_exchanges_gets_the_receipt(web: PublicApp) -> None:
    comment, code = redirected(web)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: exchange(web, comment, code).status_code, range(16)))
    assert sorted(found) == [200] + [404] * 15


@pytest.mark.parametrize("redirect_to", ["", PAGE, "/demo/"])
def test_no_address_has_the_receipt(web: PublicApp, redirect_to: str) -> None:
    client = web.client
    answer = send(client, redirect_to=redirect_to)
    for _ in range(5):
        receipt = web.pseudonyms.receipt("blog", web.jobs.jobs[-1][2])
        assert receipt not in answer.headers.get("Location", "")
        for link in ("href", "action", "src"):
            assert f'{link}="{receipt}' not in answer.text
            assert f"?receipt={receipt}" not in answer.text
        if answer.status_code != 303 or "/v1/" not in answer.headers["Location"]:
            break
        answer = client.get(answer.headers["Location"], headers=HTML)


def test_the_confirmation_has_the_thread_and_the_way_back(web: PublicApp) -> None:
    published(web.storage, thread=PAGE, author="Bob", content="An *earlier* comment.")
    client = web.client
    answer = client.get(send(client).headers["Location"], headers=HTML, follow_redirects=True)
    assert answer.status_code == 200
    assert "Your comment is awaiting moderation" in answer.text
    assert f'<a class="go" href="{PAGE}">' in answer.text
    assert "<p>An <em>earlier</em> comment.</p>" in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "code" not in answer.request.url, "a browser with cookies is sent to the address without the code"


def test_a_published_comment_is_in_the_thread_of_its_page(web: PublicApp) -> None:
    client = web.client
    location = send(client, content="Mine.").headers["Location"]
    decided(web.storage, web.comment(web.jobs.jobs[-1][2]), Action.APPROVE)
    text = client.get(location, headers=HTML, follow_redirects=True).text
    assert "Your comment is published" in text
    assert "<p>Mine.</p>" in text


def test_a_page_without_an_address_leads_back_to_where_the_form_was(web: PublicApp) -> None:
    for referrer, back in (
        (PAGE, PAGE),
        ("https://evil.example/x", "https://blog.example"),
        ("", "https://blog.example"),
    ):
        client = web.client
        headers = {**HTML, **({"Referer": referrer} if referrer else {})}
        answer = client.post(SUBMIT, data=a_reply(content=f"From {referrer}."), headers=headers)
        text = client.get(answer.headers["Location"], headers=HTML, follow_redirects=True).text
        assert f'<a class="go" href="{back}">' in text


def test_the_cookie_opens_one_comments_page_and_scripts_do_not_see_it(web: PublicApp) -> None:
    client = web.client
    answer = send(client)
    id = web.jobs.jobs[-1][2]
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("replygate_receipt=")]
    assert f"Path={SUBMIT}/{id};" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get(f"{SUBMIT}/{id}", headers=HTML).status_code == 200
    assert client.get(f"{SUBMIT}/{id}").status_code == 404, "the API asks for the header"
    assert client.post(f"{SUBMIT}/{id}/own", data={"x": ""}, headers=HTML).status_code == 404, (
        "no change without the receipt"
    )
    assert client.delete(f"{SUBMIT}/{id}").status_code == 404
    assert client.get(f"{SUBMIT}/{published(web.storage).id}", headers=HTML).status_code == 404


def test_the_cookie_is_secure_on_https(storage: Storage) -> None:
    web = open_public_app(storage, public_url="https://replies.example")
    answer = web.client.post(SUBMIT, data=a_reply(), headers=HTML)
    assert all("; Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_browsers_take_the_cookies_without_https(storage: Storage) -> None:
    """They drop cookies that ask for https."""
    web = open_public_app(storage, public_url="http://127.0.0.1:8000")
    cookies = web.client.post(SUBMIT, data=a_reply(), headers=HTML).headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["replygate_receipt", "replygate-author-blog"]
    for mark in ("Secure", "SameSite=None", "Partitioned"):
        assert [cookie for cookie in cookies if mark in cookie] == []


def test_a_browser_without_cookies_gets_the_page_once(web: PublicApp) -> None:
    location = send(web.client).headers["Location"]
    page = web.client.get(location, headers=HTML)
    assert page.status_code == 200
    assert 'name="receipt"' in page.text
    assert web.client.get(location, headers=HTML).status_code == 404


def test_an_old_link_with_the_receipt_loses_it(web: PublicApp) -> None:
    client = web.client
    comment = published(web.storage)
    old = f"{SUBMIT}/{comment.id}?receipt={web.pseudonyms.receipt('blog', comment.id)}"
    assert client.get(old, headers=HTML).status_code == 200
    answer = client.get(old, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SUBMIT}/{comment.id}")
    assert client.get(f"{SUBMIT}/{comment.id}?receipt=guess", headers=HTML).status_code == 303

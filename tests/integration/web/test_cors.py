"""CORS: only scripts on the site's own pages may use the API."""

import pytest

from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, published
from tests.support.public_app import SUBMIT, PublicApp, a_reply, open_public_app

OWN = "https://blog.example"
READ = f"{SUBMIT}?thread=first-post"
KEY = "rgk_k1_" + "s" * 40

#: Similar origins, and those that browsers send for files, sandboxed pages and other schemes.
FOREIGN = [
    "null",
    "",
    "*",
    "http://blog.example",
    "https://blog.example:444",
    "https://blog.example.",
    "https://BLOG.EXAMPLE",
    "https://www.blog.example",
    "https://evilblog.example",
    "https://blog.example.evil.example",
    "https://blog.example@evil.example",
    "https://evil.example/https://blog.example",
    "https://other.example",
    "file://",
    "chrome-extension://abc",
]


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    keys = (SiteKey("k1", token_digest(KEY)),)
    return open_public_app(storage, a_site(keys=keys), a_site(id="other", origins=("https://other.example",)))


def test_scripts_on_the_sites_pages_may_post_and_read(web: PublicApp) -> None:
    published(web.storage)
    post = web.client.post(SUBMIT, json=a_reply(), headers={"Origin": OWN})
    read = web.client.get(READ, headers={"Origin": OWN})
    bad = web.client.post(SUBMIT, json={}, headers={"Origin": OWN})
    assert (post.status_code, read.status_code, bad.status_code) == (202, 200, 422)
    for answer in (post, read, bad):
        assert answer.headers["Access-Control-Allow-Origin"] == OWN
        assert "Origin" in answer.vary
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", FOREIGN)
def test_scripts_on_other_pages_may_not(web: PublicApp, origin: str) -> None:
    headers = {"Origin": origin}
    post = web.client.post(SUBMIT, json=a_reply(), headers=headers)
    form = web.client.post(SUBMIT, data=a_reply(), headers=headers)
    read = web.client.get(READ, headers=headers)
    preflight = web.client.options(SUBMIT, headers=headers | {"Access-Control-Request-Method": "POST"})
    plain_form = 202 if origin == "null" else 403  # like a form without an Origin
    assert (post.status_code, form.status_code, read.status_code) == (403, plain_form, 200)
    for answer in (post, form, read, preflight):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert "Origin" in answer.vary
    assert web.storage.queue.depth("blog").queued == (origin == "null")


def test_a_preflight_is_cached_for_ten_minutes(web: PublicApp) -> None:
    headers = {"Origin": OWN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = web.client.options(SUBMIT, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == OWN
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert "Authorization" not in answer.headers["Access-Control-Allow-Headers"]


def test_each_site_has_its_own_origins(web: PublicApp) -> None:
    answer = web.client.post("/v1/sites/other/comments", json=a_reply(), headers={"Origin": OWN})
    assert answer.status_code == 403


def test_an_api_key_works_with_any_origin(web: PublicApp) -> None:
    headers = {"Origin": "https://evil.example", "Authorization": f"Bearer {KEY}"}
    assert web.client.post(SUBMIT, json=a_reply(), headers=headers).status_code == 202


def test_our_own_pages_may_post(web: PublicApp) -> None:
    for origin in ("http://127.0.0.1:8000", "http://localhost"):  # the public address, and that of the request
        sent = a_reply(content=f"From {origin}")
        assert web.client.post(SUBMIT, json=sent, headers={"Origin": origin}).status_code == 202


def test_a_missing_site_sends_no_cors_headers(web: PublicApp) -> None:
    answer = web.client.get("/v1/sites/nobody/comments?thread=x", headers={"Origin": OWN})
    assert answer.status_code == 404
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_no_origin_is_ours_because_a_request_names_it_as_host(storage: Storage, header: str) -> None:
    """A domain of an attacker can lead to our address, and a proxy may pass on what a visitor sends."""
    web = open_public_app(storage, trusted_proxies=1)
    headers = {header: "evil.example", "Origin": "http://evil.example"}
    answer = web.client.post(SUBMIT, json=a_reply(), headers=headers)
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (403, None)


@pytest.mark.parametrize("host", ["localhost:8000", "192.168.1.5:8000", "[::1]:8000"])
def test_pages_opened_by_an_ip_address_or_on_this_machine_may_post(web: PublicApp, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert web.client.post(SUBMIT, json=a_reply(), headers=headers).status_code == 202

"""PUT /v1/sites/{site}/threads/{thread}: the site's own server closes and opens threads."""

from urllib.parse import quote

import pytest

from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from tests.support.builders import a_site
from tests.support.public_app import SUBMIT, PublicApp, a_reply, open_public_app

KEY = "rgk_k1_" + "s" * 40
KEYED = {"Authorization": f"Bearer {KEY}"}
THREAD = "/v1/sites/blog/threads/first-post"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(keys=(SiteKey("k1", token_digest(KEY)),)), a_site(id="other"))


def test_a_reopened_thread_accepts_comments_again(web: PublicApp) -> None:
    for closed, status in ((True, 422), (True, 422), (False, 202)):
        assert web.client.put(THREAD, json={"closed": closed}, headers=KEYED).json == {"closed": closed}
        assert web.client.post(SUBMIT, json=a_reply()).status_code == status


@pytest.mark.parametrize("address", ["https://blog.example/a", "/a", "/a/b/"])
def test_a_thread_may_be_named_by_its_address(web: PublicApp, address: str) -> None:
    web.client.put(f"/v1/sites/blog/threads/{quote(address, safe='')}", json={"closed": True}, headers=KEYED)
    assert web.storage.threads.is_closed("blog", address)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer rgk_k1_wrong"}, {"Origin": "https://blog.example"}])
def test_closing_a_thread_needs_a_site_key(web: PublicApp, headers: dict[str, str]) -> None:
    assert web.client.put(THREAD, json={"closed": True}, headers=headers).status_code == 401
    assert not web.storage.threads.is_closed("blog", "first-post")


def test_a_key_closes_threads_of_its_own_site_only(web: PublicApp) -> None:
    answer = web.client.put("/v1/sites/other/threads/first-post", json={"closed": True}, headers=KEYED)
    assert answer.status_code == 401
    assert not web.storage.threads.is_closed("other", "first-post")


@pytest.mark.parametrize("body", [{}, {"closed": "true"}, {"closed": 1}, {"closed": None}, {"closed": True, "x": 1}])
def test_anything_but_true_or_false_is_refused(web: PublicApp, body: dict[str, object]) -> None:
    assert web.client.put(THREAD, json=body, headers=KEYED).status_code == 422
    assert web.client.put(THREAD, data={"closed": "true"}, headers=KEYED).status_code == 415

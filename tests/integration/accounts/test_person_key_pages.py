"""API keys of a person, on a page: created, listed, shown once and revoked."""

import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from comments.audit import AuditAction
from service.accounts.person_key_pages import MAX_PERSON_KEYS
from service.accounts.person_keys import new_person_key
from service.accounts.shown_once import SHOWN_ONCE_COOKIE
from tests.support.markup import dangers, parse
from tests.support.web_app import PASSWORD, SignedInClient, WebApp, page

PAGE, API = "/account/keys", "/v1/sites/blog/review/comments"


@pytest.fixture
def mo(web_app: WebApp) -> SignedInClient:
    return web_app.signed_in(blog="moderator")


def create(user: SignedInClient, name: str = "My script", password: str = PASSWORD) -> TestResponse:
    return user.submit(PAGE, name=name, password=password)


def new_key(user: SignedInClient, name: str = "My script") -> str:
    found = re.search(r'value="(rgp_[0-9a-f]+_[0-9a-f]+_[0-9a-f]+)"', create(user, name).text)
    assert found
    return found[1]


def status_of(web_app: WebApp, key: str) -> int:
    return web_app.anonymous().get(API, headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_key_works_until_it_is_revoked(web_app: WebApp, mo: SignedInClient) -> None:
    key = new_key(mo)
    (kept,) = web_app.storage.people.get("mo").api_keys
    assert (kept.name, kept.id in key, status_of(web_app, key)) == ("My script", True, 200)
    assert "My script" in page(mo, PAGE)
    assert "revoked" in mo.submit(f"{PAGE}/revoke", key=kept.id).text
    assert status_of(web_app, key) == 401
    assert "My script" not in page(mo, PAGE)
    entries = [(e.by, e.action, e.before, e.after) for e in web_app.storage.audit.all("")][-2:]
    named = f"{kept.id} My script"
    assert entries == [
        ("mo", AuditAction.PERSON_KEY_MAKE, "", named),
        ("mo", AuditAction.PERSON_KEY_REVOKE, named, ""),
    ]


def test_a_key_is_shown_once_and_stored_nowhere(web_app: WebApp, mo: SignedInClient) -> None:
    answer = mo.post_form(PAGE, name="", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, PAGE)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(SHOWN_ONCE_COOKIE)
    assert {"HttpOnly", f"Path={PAGE}", "Max-Age=60"} <= set(cookie.split("; "))
    assert "rgp_" in re.sub("rgp_…", "", page(mo, PAGE))
    assert "rgp_" not in re.sub("rgp_…", "", page(mo, PAGE))
    (kept,) = web_app.storage.people.get("mo").api_keys
    assert len(kept.digest) == 64


def test_a_password_confirms_it(web_app: WebApp, mo: SignedInClient) -> None:
    for password in ("", "wrong"):
        refused = create(mo, password=password)
        assert (refused.status_code, "not your current password" in refused.text) == (422, True)
    assert web_app.storage.people.get("mo").api_keys == ()


@pytest.mark.parametrize("name", ["x" * 61, "a\nb"])
def test_a_name_that_cannot_be_shown_is_refused(web_app: WebApp, mo: SignedInClient, name: str) -> None:
    assert create(mo, name).status_code == 422
    assert web_app.storage.people.get("mo").api_keys == ()


def test_a_hostile_name_is_text(web_app: WebApp, mo: SignedInClient) -> None:
    new_key(mo, "<script>alert(1)</script>")
    assert dangers(parse(page(mo, PAGE))) == []


def test_there_is_a_limit_of_keys(web_app: WebApp, mo: SignedInClient) -> None:
    keys = tuple(new_person_key("mo")[0] for _ in range(MAX_PERSON_KEYS))
    web_app.storage.people.put(replace(web_app.storage.people.get("mo"), api_keys=keys))
    refused = create(mo)
    assert (refused.status_code, "Revoke one" in refused.text) == (422, True)


def test_nobody_revokes_the_key_of_somebody_else(web_app: WebApp, mo: SignedInClient) -> None:
    key = new_key(mo)
    other = web_app.signed_in("al", blog="owner")
    id = web_app.storage.people.get("mo").api_keys[0].id
    assert other.post_form(f"{PAGE}/revoke", key=id).status_code == 404
    assert status_of(web_app, key) == 200


def test_forms_of_other_pages_create_no_key(web_app: WebApp, mo: SignedInClient) -> None:
    forged = SignedInClient(mo.client, "wrong")
    assert forged.post_form(PAGE, name="x", password=PASSWORD).status_code == 403
    assert web_app.storage.people.get("mo").api_keys == ()


def test_a_key_opens_no_page_with_keys(web_app: WebApp, mo: SignedInClient) -> None:
    key = new_key(mo)
    assert web_app.anonymous().get(PAGE, headers={"Authorization": f"Bearer {key}"}).status_code == 401


@pytest.mark.parametrize("value", ["", "x", "AAAA", "e30=", "é", "A" * 3000])
def test_a_forged_cookie_shows_nothing(mo: SignedInClient, value: str) -> None:
    mo.client.set_cookie(SHOWN_ONCE_COOKIE, value, path=PAGE)
    assert "new key" not in page(mo, PAGE)


def test_a_cookie_of_another_session_shows_nothing(web_app: WebApp, mo: SignedInClient) -> None:
    """Otherwise somebody could have their own key shown, so that a program works for them."""
    answer = mo.post_form(PAGE, name="", password=PASSWORD)
    value = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    other = web_app.signed_in("al", blog="owner")
    other.client.set_cookie(SHOWN_ONCE_COOKIE, value, path=PAGE)
    assert "new key" not in page(other, PAGE)

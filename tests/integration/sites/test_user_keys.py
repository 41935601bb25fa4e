"""Keys that sign users: owners create, rotate and remove them; each secret is shown once."""

import re

import pytest
from werkzeug.test import TestResponse

from tests.support.user_tokens import user_secret, user_token
from tests.support.web_app import PASSWORD, SignedInClient, WebApp, audit_log, page

PAGE, API = "/sites/blog/user-keys", "/v1/sites/blog/user-keys"


def keys(web_app: WebApp) -> tuple[str, ...]:
    return web_app.storage.sites.get("blog").user_keys


def _form(user: SignedInClient, step: str) -> TestResponse:
    return user.submit(PAGE, step=step, password=PASSWORD)


def _json(user: SignedInClient, step: str) -> TestResponse:
    return user.post_json(API, {"step": step, "password": PASSWORD})


def test_an_owner_creates_rotates_and_removes_keys_on_a_page(web_app: WebApp, owner: SignedInClient) -> None:
    assert "no key yet" in page(owner, PAGE)
    created = _form(owner, "rotate").text
    (first,) = keys(web_app)
    assert re.findall(r"rgu_[\w-]{43}", created) == [user_secret(key=first)]
    _form(owner, "rotate")
    second, old = keys(web_app)
    assert old == first != second
    assert "rgu_" not in page(owner, PAGE)
    assert "The old key is removed." in _form(owner, "finish").text
    assert keys(web_app) == (second,)
    _form(owner, "remove")
    assert keys(web_app) == ()
    assert [action for _, action, _ in audit_log(web_app)].count("user-key.change") == 4


def test_a_third_key_is_refused_as_long_as_two_are_valid(web_app: WebApp, owner: SignedInClient) -> None:
    for _ in range(2):
        _form(owner, "rotate")
    both = keys(web_app)
    assert [_json(owner, "rotate").status_code, _form(owner, "rotate").status_code] == [422, 422]
    assert keys(web_app) == both


def test_the_secret_of_the_api_signs_tokens(web_app: WebApp, owner: SignedInClient) -> None:
    answer = _json(owner, "rotate")
    assert answer.json["keys"] == list(keys(web_app))
    assert answer.json["secret"] == user_secret(key=answer.json["keys"][0])
    assert _json(owner, "remove").json == {"keys": [], "secret": ""}


def test_a_secret_is_in_no_stored_or_audited_text(web_app: WebApp, owner: SignedInClient) -> None:
    secret = _json(owner, "rotate").json["secret"]
    stored = f"{web_app.storage.sites.get('blog')}{list(web_app.storage.audit.all('blog'))}"
    assert secret not in stored
    assert secret[4:] not in stored


@pytest.mark.parametrize("step", ["finish", "remove", "other"])
def test_an_impossible_step_is_refused(owner: SignedInClient, step: str) -> None:
    assert _json(owner, step).status_code == 422
    assert _form(owner, step).status_code == 422


def test_only_owners_see_and_change_the_keys(web_app: WebApp, mo: SignedInClient) -> None:
    other = web_app.signed_in("el", shop="owner")
    assert [mo.get(PAGE).status_code, other.get(PAGE).status_code] == [403, 404]
    assert [user.post_json(API, {"step": "rotate"}).status_code for user in (mo, other)] == [403, 404]
    assert web_app.anonymous().post(API, json={"step": "rotate"}).status_code == 401
    assert keys(web_app) == ()


def test_a_change_without_the_csrf_token_is_refused(web_app: WebApp, owner: SignedInClient) -> None:
    assert owner.post_json(API, {"step": "rotate"}, csrf="guess").status_code == 403
    assert owner.client.post(PAGE, data={"step": "rotate"}).status_code == 403
    assert keys(web_app) == ()


def test_a_person_with_a_password_confirms_it(web_app: WebApp, owner: SignedInClient) -> None:
    wrong = owner.post_json(API, {"step": "rotate", "password": "wrong"})
    assert wrong.json["problems"][0]["field"] == "password"
    assert owner.post_form(PAGE, step="rotate").status_code == 422
    assert keys(web_app) == ()


def test_a_removed_key_signs_nobody(web_app: WebApp, owner: SignedInClient) -> None:
    (key,) = _json(owner, "rotate").json["keys"]
    _json(owner, "remove")
    now = round(web_app.clock().timestamp())
    headers = {"Replygate-User": user_token(key=key, iat=now, exp=now + 600)}
    answer = web_app.anonymous().post("/v1/sites/blog/comments", json={"thread": "t", "content": "Hi"}, headers=headers)
    assert answer.json["problems"][0]["code"] == "off"


def test_the_page_is_reached_by_a_redirect_and_a_reload_shows_no_secret(web_app: WebApp, owner: SignedInClient) -> None:
    answer = owner.post_form(PAGE, step="rotate", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "rgu_" not in answer.text
    assert "rgu_" in page(owner, PAGE)
    assert "rgu_" not in page(owner, PAGE)
    assert len(keys(web_app)) == 1

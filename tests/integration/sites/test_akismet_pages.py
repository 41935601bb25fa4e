"""Akismet keys: owners create, rotate and remove them; each is shown once."""

import re

from comments.pseudonyms import Pseudonyms
from tests.support.builders import SECRET
from tests.support.wait import wait_until
from tests.support.web_app import PASSWORD, SignedInClient, WebApp, audit_log, page

PAGE = "/sites/blog/akismet"


def keys(web_app: WebApp) -> tuple[str, ...]:
    return web_app.storage.sites.get("blog").akismet_keys


def shown_key(text: str) -> str:
    (key,) = re.findall(r'id="key">([0-9a-f]{12})<', text)
    return str(key)


def change(owner: SignedInClient, step: str, **fields: str) -> str:
    """Send the form, follow to the page, and return its text."""
    answer = owner.post_form(PAGE, step=step, password=PASSWORD, **fields)
    assert answer.status_code == 303
    return page(owner, answer.location)


def is_valid(web_app: WebApp, key: str) -> bool:
    form = {"key": key, "blog": "https://blog.example"}
    return web_app.anonymous().post("/1.1/verify-key", data=form).text == "valid"


def test_an_owner_creates_rotates_and_removes_keys(web_app: WebApp, owner: SignedInClient) -> None:
    assert "no Akismet key yet" in page(owner, PAGE)
    first = shown_key(change(owner, "rotate"))
    assert first == Pseudonyms(SECRET).akismet_key("blog", keys(web_app)[0])
    assert is_valid(web_app, first)
    assert first not in page(owner, PAGE)
    second = shown_key(change(owner, "rotate"))
    assert len(keys(web_app)) == 2
    assert "The old key is removed." in change(owner, "finish")
    assert not is_valid(web_app, first)
    wait_until(lambda: is_valid(web_app, second))
    change(owner, "remove", confirm="yes")
    assert keys(web_app) == ()
    assert not is_valid(web_app, second)
    assert [action for _, action, _ in audit_log(web_app)].count("akismet-key.change") == 4


def test_a_change_needs_the_password_and_a_known_step(web_app: WebApp, owner: SignedInClient) -> None:
    assert owner.post_form(PAGE, step="rotate", password="wrong").status_code == 422
    assert owner.post_form(PAGE, step="leave", password=PASSWORD).status_code == 422
    assert owner.post_form(PAGE, step="finish", password=PASSWORD).status_code == 422
    assert keys(web_app) == ()


def test_a_key_is_in_no_stored_or_audited_text(web_app: WebApp, owner: SignedInClient) -> None:
    key = shown_key(change(owner, "rotate"))
    assert key not in f"{web_app.storage.sites.get('blog')}{list(web_app.storage.audit.all('blog'))}"


def test_the_settings_lead_to_the_page(owner: SignedInClient) -> None:
    assert f'href="{PAGE}"' in page(owner, "/sites/blog/settings/programs")


def test_a_reload_neither_rotates_again_nor_shows_the_key_again(web_app: WebApp, owner: SignedInClient) -> None:
    address = owner.post_form(PAGE, step="rotate", password=PASSWORD).location
    key = shown_key(page(owner, address))
    assert key not in page(owner, address)
    assert len(keys(web_app)) == 1


def test_a_third_key_is_refused_as_long_as_two_are_valid(web_app: WebApp, owner: SignedInClient) -> None:
    first, second = (shown_key(change(owner, "rotate")) for _ in range(2))
    refused = owner.post_form(PAGE, step="rotate", password=PASSWORD)
    assert refused.status_code == 422
    assert "Two keys are valid already." in refused.text
    assert 'value="rotate"' not in page(owner, PAGE)
    wait_until(lambda: is_valid(web_app, first) and is_valid(web_app, second))


def test_removing_all_keys_needs_a_confirmation(web_app: WebApp, owner: SignedInClient) -> None:
    change(owner, "rotate")
    assert owner.post_form(PAGE, step="remove", password=PASSWORD).status_code == 422
    assert len(keys(web_app)) == 1

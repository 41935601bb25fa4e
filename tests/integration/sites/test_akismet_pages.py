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


def is_valid(web_app: WebApp, key: str) -> bool:
    form = {"key": key, "blog": "https://blog.example"}
    return web_app.anonymous().post("/1.1/verify-key", data=form).text == "valid"


def test_an_owner_creates_rotates_and_removes_keys(web_app: WebApp, owner: SignedInClient) -> None:
    assert "no Akismet key yet" in page(owner, PAGE)
    first = shown_key(owner.post_form(PAGE, step="rotate", password=PASSWORD).text)
    assert first == Pseudonyms(SECRET).akismet_key("blog", keys(web_app)[0])
    assert is_valid(web_app, first)
    assert first not in page(owner, PAGE)
    second = shown_key(owner.post_form(PAGE, step="rotate", password=PASSWORD).text)
    assert len(keys(web_app)) == 2
    assert "The old key is removed." in owner.post_form(PAGE, step="finish", password=PASSWORD).text
    assert not is_valid(web_app, first)
    wait_until(lambda: is_valid(web_app, second))
    owner.post_form(PAGE, step="remove", password=PASSWORD)
    assert keys(web_app) == ()
    assert not is_valid(web_app, second)
    assert [action for _, action, _ in audit_log(web_app)].count("akismet-key.change") == 4


def test_a_change_needs_the_password_and_a_known_step(web_app: WebApp, owner: SignedInClient) -> None:
    assert owner.post_form(PAGE, step="rotate", password="wrong").status_code == 422
    assert owner.post_form(PAGE, step="leave", password=PASSWORD).status_code == 422
    assert owner.post_form(PAGE, step="finish", password=PASSWORD).status_code == 422
    assert keys(web_app) == ()


def test_a_key_is_in_no_stored_or_audited_text(web_app: WebApp, owner: SignedInClient) -> None:
    key = shown_key(owner.post_form(PAGE, step="rotate", password=PASSWORD).text)
    assert key not in f"{web_app.storage.sites.get('blog')}{list(web_app.storage.audit.all('blog'))}"


def test_the_settings_lead_to_the_page(owner: SignedInClient) -> None:
    assert f'href="{PAGE}"' in page(owner, "/sites/blog/settings/advanced")

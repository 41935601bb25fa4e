"""API keys of a site, on a page for owners: created, named, limited, shown once and revoked."""

import re
from dataclasses import replace

import pytest

from comments.audit import AuditAction
from service.sites.site_key_pages import MAX_SITE_KEYS
from service.web.site_access import new_site_key
from tests.support.web_app import PASSWORD, SignedInClient, WebApp, audit_log, page

PAGE, CHECKS, RULES = "/sites/blog/keys", "/v1/sites/blog/checks", "/v1/sites/blog/rules"


def new_key(user: SignedInClient, name: str = "Forum", rights: str = "checks") -> str:
    text = user.submit(PAGE, name=name, rights=rights, password=PASSWORD).text
    found = re.search(r'value="(rgk_[0-9a-f]{8}_[0-9a-f]{48})"', text)
    assert found
    return found[1]


def ask(web_app: WebApp, path: str, key: str) -> int:
    """Return the status of an empty request with the key: 401 if the key is not good enough."""
    return web_app.anonymous().post(path, json={}, headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_key_may_do_what_the_owner_chose(web_app: WebApp, owner: SignedInClient) -> None:
    checks, server = new_key(owner), new_key(owner, "My server", "server")
    assert [ask(web_app, CHECKS, key) for key in (checks, server)] == [422, 422]
    assert [ask(web_app, RULES, key) for key in (checks, server)] == [401, 422]
    text = page(owner, PAGE)
    assert [name in text for name in ("Forum", "My server", "Only checks", "Server")] == [True] * 4


def test_a_revoked_key_ends_and_the_audit_log_names_it(web_app: WebApp, owner: SignedInClient) -> None:
    key = new_key(owner)
    (kept,) = web_app.storage.sites.get("blog").keys
    assert "revoked" in owner.submit(f"{PAGE}/revoke", key=kept.id).text
    assert (web_app.storage.sites.get("blog").keys, ask(web_app, CHECKS, key)) == ((), 401)
    assert audit_log(web_app)[-2:] == [("ow", AuditAction.KEY_MAKE, kept.id), ("ow", AuditAction.KEY_REVOKE, kept.id)]
    text = re.sub(r"<[^>]+>", "", page(owner, "/sites/blog/audit"))
    assert f"ow created the API key {kept.id} (Forum)" in text
    assert f"ow revoked the API key {kept.id} (Forum)" in text


def test_a_key_is_shown_once(owner: SignedInClient) -> None:
    answer = owner.post_form(PAGE, name="", rights="server", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert [len(re.findall(r"rgk_[0-9a-f]{8}_", page(owner, PAGE))) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("change", [{"rights": ""}, {"rights": "all"}, {"password": "wrong"}, {"name": "x" * 61}])
def test_a_form_that_cannot_be_used_creates_nothing(
    web_app: WebApp, owner: SignedInClient, change: dict[str, str]
) -> None:
    fields = {"name": "Forum", "rights": "checks", "password": PASSWORD} | change
    assert owner.post_form(PAGE, **fields).status_code == 422
    assert web_app.storage.sites.get("blog").keys == ()


def test_there_is_a_limit_of_keys(web_app: WebApp, owner: SignedInClient) -> None:
    keys = tuple(new_site_key()[0] for _ in range(MAX_SITE_KEYS))
    web_app.storage.sites.put(replace(web_app.storage.sites.get("blog"), keys=keys))
    refused = owner.post_form(PAGE, name="", rights="checks", password=PASSWORD)
    assert (refused.status_code, "Revoke one" in refused.text) == (422, True)


def test_a_key_of_another_site_cannot_be_revoked(web_app: WebApp, owner: SignedInClient) -> None:
    new_key(owner)
    other = web_app.signed_in("al", shop="owner")
    id = web_app.storage.sites.get("blog").keys[0].id
    assert other.post_form("/sites/shop/keys/revoke", key=id).status_code == 404
    assert len(web_app.storage.sites.get("blog").keys) == 1

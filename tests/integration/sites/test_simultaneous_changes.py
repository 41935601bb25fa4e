"""A page that changes a site says so if somebody else changed it at the same moment, and changes nothing."""

from typing import Any

import pytest

from tests.integration.sites.test_chat_receiver_pages import CHANNEL
from tests.support.web_app import PASSWORD, SignedInClient, WebApp, audit_log

CHANGES: dict[str, dict[str, Any]] = {
    "/sites/blog/notices": CHANNEL,
    "/sites/blog/delete": {"name": "The blog"},
    "/sites/blog/akismet": {"step": "rotate", "password": PASSWORD},
    "/sites/blog/user-keys": {"step": "rotate", "password": PASSWORD},
    "/sites/blog/keys": {"name": "shop", "rights": "server", "password": PASSWORD},
}


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_at_the_same_moment_is_a_conflict(
    web_app: WebApp, owner: SignedInClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    before, log = web_app.storage.sites.get("blog"), audit_log(web_app)
    with monkeypatch.context() as patched:
        patched.setattr(web_app.storage.sites, "compare_and_set", lambda *_: False)
        answer = owner.post_form(path, **CHANGES[path])
    assert answer.status_code == 409
    assert "changed" in answer.text
    assert (web_app.storage.sites.get("blog"), audit_log(web_app)) == (before, log)
    assert owner.post_form(path, **CHANGES[path]).status_code in (200, 303)

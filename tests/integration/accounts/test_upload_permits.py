"""Only people who are signed in and have the right may upload large bodies."""

import pytest
from werkzeug.test import EnvironBuilder

from comments.storage.interfaces import Storage
from service.accounts.upload_permits import UPLOAD_PERMITS
from service.web.upload_limits import Uploader
from tests.support.builders import a_site
from tests.support.web_app import SignedInClient, WebApp, open_web_app


@pytest.fixture
def web(storage: Storage) -> WebApp:
    web = open_web_app(storage)
    storage.sites.put(a_site())
    return web


def permit(web: WebApp, path: str, cookie: str = "", authorization: str = "") -> Uploader | None:
    headers = {name: value for name, value in (("Cookie", cookie), ("Authorization", authorization)) if value}
    environment = EnvironBuilder(path, method="POST", headers=headers).get_environ()
    found: Uploader | None = web.app.extensions[UPLOAD_PERMITS].uploader(environment)
    return found


def cookie_of(signed: SignedInClient) -> str:
    cookie = signed.client.get_cookie("replygate")
    assert cookie
    return f"{cookie.key}={cookie.value}"


PATHS = ("/sites/blog/import", "/v1/sites/blog/import", "/sites/blog/rules/import", "/sites/blog/threads/moves")


@pytest.mark.parametrize("path", PATHS)
def test_an_owner_may_upload_and_strangers_may_not(web: WebApp, path: str) -> None:
    owner = cookie_of(web.signed_in("ines", blog="owner"))
    assert permit(web, path, owner) == Uploader("ines", "blog")
    assert permit(web, path) is None
    assert permit(web, path, "replygate=anything") is None
    assert permit(web, path.replace("blog", "shop"), owner) is None
    assert permit(web, path, authorization="Bearer rgp_696e6573_1_2") is None
    assert permit(web, "/ops/rules/import", owner) is None


def test_a_moderator_may_upload_rules_but_no_comments(web: WebApp) -> None:
    moderator = cookie_of(web.signed_in("mo", blog="moderator"))
    assert permit(web, "/sites/blog/rules/import", moderator) == Uploader("mo", "blog")
    assert permit(web, "/sites/blog/import", moderator) is None


def test_a_viewer_may_upload_nothing(web: WebApp) -> None:
    viewer = cookie_of(web.signed_in("vi", blog="viewer"))
    assert [permit(web, path, viewer) for path in PATHS] == [None] * len(PATHS)


def test_an_operator_may_upload_rules_of_all_sites(web: WebApp) -> None:
    operator = web.signed_in("op", operator=True)
    assert permit(web, "/ops/rules/import", cookie_of(operator)) == Uploader("op", "")

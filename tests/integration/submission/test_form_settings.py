"""GET /v1/sites/{site}/form: the settings of the reply form."""

from dataclasses import replace

import pytest

from comments.storage.interfaces import Storage
from tests.support.builders import a_site
from tests.support.public_app import PublicApp, open_public_app

ORIGIN = "https://blog.example"


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage)


def test_the_form_has_the_settings_of_the_site(storage: Storage) -> None:
    site = replace(a_site(), required=("content",), trap_field="homepage", max_content=500)
    web = open_public_app(storage, site)
    response = web.client.get("/v1/sites/blog/form?thread=first-post", headers={"Origin": ORIGIN})
    form = response.json
    assert (form["required"], form["trap"], form["closed"]) == (["content"], "homepage", False)
    assert form["lengths"] == {"author": 245, "email": 100, "url": 200, "content": 500}
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert response.headers["Cache-Control"] == "no-store"


def test_the_form_of_a_closed_thread_is_closed(web: PublicApp) -> None:
    web.storage.threads.set_closed("blog", "first-post", True)
    assert web.client.get("/v1/sites/blog/form?thread=first-post").json["closed"] is True


def test_a_form_needs_a_site_and_a_thread(web: PublicApp) -> None:
    assert web.client.get("/v1/sites/nobody/form?thread=x").status_code == 404
    for query in ("", "?thread=", "?thread=x&more=1", "?thread=a%00"):
        assert web.client.get(f"/v1/sites/blog/form{query}").status_code == 422

"""The addresses of the widget's script: caching, compression, cross-origin headers."""

import gzip

import pytest

from comments.storage.interfaces import Storage
from service.widget.bundle import SCRIPT_NAME, bundle
from tests.support.public_app import PublicApp, open_public_app

FILES = bundle()
SCRIPT = FILES[SCRIPT_NAME]


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, public_url="https://replies.example")


def test_the_script_is_cached_for_minutes_and_a_version_for_ever(web: PublicApp) -> None:
    about = web.client.get("/v1/widget.json").json
    assert about["url"] == "https://replies.example/widget.js"
    current = web.client.get("/widget.js")
    versioned = web.client.get(about["lasting_url"].removeprefix("https://replies.example"))
    assert current.data == versioned.data == SCRIPT
    assert "max-age=300" in current.headers["Cache-Control"]
    assert "immutable" in versioned.headers["Cache-Control"]
    assert about["bytes"] == len(current.data)
    assert current.mimetype == "text/javascript"


def test_every_file_has_a_lasting_address(web: PublicApp) -> None:
    for name in set(FILES) - {SCRIPT_NAME}:
        response = web.client.get(f"/{name}")
        assert response.data == FILES[name]
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.mimetype == ("application/json" if name.endswith(".json") else "text/javascript")


def test_another_version_is_not_found(web: PublicApp) -> None:
    response = web.client.get("/widget-0123456789abcdef.js")
    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")


def test_any_page_may_load_the_script(web: PublicApp) -> None:
    for address in ("/widget.js", "/v1/widget.json"):
        response = web.client.get(address, headers={"Origin": "https://any.example"})
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_browsers_that_accept_gzip_get_it(web: PublicApp) -> None:
    gzipped = web.client.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    assert gzipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(gzipped.data) == SCRIPT
    assert "Accept-Encoding" in gzipped.vary
    plain = web.client.get("/widget.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    again = web.client.get("/widget.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

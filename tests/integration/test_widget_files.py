"""The widget as it is sent, and the public description of a site's form."""

import gzip
from dataclasses import replace

import pytest

from comments.storage.interfaces import Storage
from service.widget import FILE
from tests.support.builders import a_site
from tests.support.web import Web, open_web

OWN = "https://blog.example"


@pytest.fixture
def web(memory: Storage) -> Web:
    return open_web(memory, public_url="https://replies.example")


def test_the_newest_is_kept_for_minutes_and_the_named_one_for_ever(web: Web) -> None:
    about = web.client.get("/v1/widget.json").json
    assert about["url"] == "https://replies.example/widget.js"
    newest = web.client.get("/widget.js")
    lasting = web.client.get(about["lasting_url"].removeprefix("https://replies.example"))
    assert newest.data == lasting.data == FILE.read_bytes()
    assert "max-age=300" in newest.headers["Cache-Control"]
    assert "immutable" in lasting.headers["Cache-Control"]
    assert about["bytes"] == len(newest.data)
    assert newest.mimetype == "text/javascript"


def test_another_version_is_not_there(web: Web) -> None:
    answer = web.client.get("/widget-0123456789abcdef.js")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_any_page_may_load_it(web: Web) -> None:
    for address in ("/widget.js", "/v1/widget.json"):
        answer = web.client.get(address, headers={"Origin": "https://anybody.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_it_is_sent_packed_to_those_who_can_unpack(web: Web) -> None:
    packed = web.client.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == FILE.read_bytes()
    assert "Accept-Encoding" in packed.vary
    plain = web.client.get("/widget.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    again = web.client.get("/widget.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_form_says_what_the_site_asks_for(memory: Storage) -> None:
    site = replace(a_site(), required=("content",), trap_field="homepage", max_content=500)
    web = open_web(memory, site)
    answer = web.client.get("/v1/sites/blog/form?thread=first-post", headers={"Origin": OWN})
    told = answer.json
    assert (told["required"], told["trap"], told["closed"]) == (["content"], "homepage", False)
    assert told["lengths"] == {"author": 245, "email": 100, "url": 200, "content": 500}
    assert answer.headers["Access-Control-Allow-Origin"] == OWN
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_form_of_a_closed_thread_says_so(web: Web) -> None:
    web.storage.threads.set_closed("blog", "first-post", True)
    assert web.client.get("/v1/sites/blog/form?thread=first-post").json["closed"] is True


def test_a_form_needs_a_site_and_a_thread(web: Web) -> None:
    assert web.client.get("/v1/sites/nobody/form?thread=x").status_code == 404
    for query in ("", "?thread=", "?thread=x&more=1", "?thread=a%00"):
        assert web.client.get(f"/v1/sites/blog/form{query}").status_code == 422

"""The recipes of docs/recipes.md work: plain HTML by its script, and Flask by running its code."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from comments.lifecycle import Status
from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, published
from tests.support.public_app import PublicApp, open_public_app

ROOT = Path(__file__).parents[3]
RECIPES = (ROOT / "docs/recipes.md").read_text()
KEY = "rgk_k1_" + "s" * 40


def test_the_plain_html_recipe_publishes_a_first_comment() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "docs.first_comment"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1].endswith("s  the first comment is published")


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, a_site(keys=(SiteKey("k1", token_digest(KEY)),)))


@pytest.fixture
def service(web: PublicApp) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, web.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/sites/blog"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visitor(service: str, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    code = re.search(r"^## Flask.*?^```python\n(.*?)^```", RECIPES, re.DOTALL | re.MULTILINE)
    assert code
    monkeypatch.setenv("REPLIES", service)
    monkeypatch.setenv("REPLIES_KEY", KEY)
    namespace: dict[str, object] = {"__name__": "app"}
    exec(compile(code[1], "app.py", "exec"), namespace)
    app = namespace["app"]
    assert isinstance(app, Flask)
    return app.test_client()


def test_the_flask_recipe_shows_comments_and_submits_new_ones(visitor: FlaskClient, web: PublicApp) -> None:
    published(web.storage, thread="hello", content="I *enjoyed* this.")
    assert "I <em>enjoyed</em> this." in visitor.get("/hello").text
    sent = {"content": "So did I.", "author": "Bo", "email": "bo@example.org"}
    answer = visitor.post("/hello", data=sent, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert answer.status_code == 303
    assert "Thank you." in visitor.get(answer.headers["Location"]).text
    (comment,) = web.storage.comments.by_status("blog", Status.QUEUED, 2).rows
    assert (comment.content, comment.origin) == ("So did I.", web.pseudonyms.origin("203.0.113.7"))


def test_the_flask_recipe_shows_errors_and_keeps_the_text(visitor: FlaskClient) -> None:
    page = visitor.post("/hello", data={"content": "Kept", "author": "", "email": "x"}).text
    assert "Enter your name. Email address is missing an @." in page
    assert ">Kept</textarea>" in page


def test_the_flask_recipe_works_without_the_service(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(visitor.application.view_functions["hello"].__globals__, "SITE", "http://127.0.0.1:9")
    page = visitor.post("/hello", data={"content": "Kept"})
    assert (page.status_code, "Comments are unavailable" in page.text) == (200, True)
    assert ">Kept</textarea>" in page.text


def test_no_recipe_skips_the_confirmation() -> None:
    """With `redirect_to`, a visitor without JavaScript would not learn that the comment was stored."""
    assert "redirect_to" not in (ROOT / "docs/recipes.md").read_text()

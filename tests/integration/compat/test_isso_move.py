"""After an import, the pages of an Isso site get from this service what Isso gave them."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from comments.rq_stats import NoRQStats
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import settings
from tests.support.isso_requests import ORIGIN
from tests.support.isso_site import IssoSite, isso_blog, open_isso_site
from tools import make_isso_database

DATA = Path(__file__).parents[2] / "data"
#: What the genuine Isso 0.14.0 answered from the same database (`python -m tools.record_isso_answers`).
RECORDED: Mapping[str, Any] = json.loads(
    (DATA / "isso_db_answers.json").read_text()
)  #: Names of the threads, in the order of the counts.
TITLES = list(make_isso_database.TITLES)
FIELDS = ("id", "parent", "mode", "author", "website", "total_replies", "hidden_replies")
#: Texts that are rendered in another way: by the number of the comment, what Isso has and what is in its place here.
RENDERED = {
    6: ("<p></p>", ""),  # deleted
    10: ("\u202eabc\u202c e\u0301", "abc \u00e9"),  # without characters that turn the direction; letters composed
    11: ("eingerückt</code>", "eingerückt\n</code>"),
    16: ("<p></p>", ""),  # Isso adds paragraphs around everything that does not begin with one
    17: ("<p></p>", ""),
}


@pytest.fixture
def web(storage: Storage) -> IssoSite:
    web = open_isso_site(storage, isso_blog())
    deployment = Deployment(settings(), storage, NoRQStats(), lambda: datetime.now(UTC))
    words = ("import", "isso", str(DATA / "imports/isso.db"), "--site", "blog")
    result = CliRunner().invoke(cli, words, obj=deployment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return web


@pytest.mark.parametrize("uri", RECORDED["threads"])
def test_a_thread_has_the_same_comments_under_the_same_numbers(web: IssoSite, uri: str) -> None:
    theirs, ours = RECORDED["threads"][uri], web.client.get("/", params={"uri": uri}).json()
    deleted = sum(comment["mode"] == 4 for comment in theirs["replies"])
    assert ours["total_replies"] == theirs["total_replies"] - deleted, "Isso counts deleted comments"
    assert [_fields(c) for c in _all(ours)] == [_fields(c) for c in _all(theirs)]
    for before, after in zip(_all(theirs), _all(ours), strict=True):
        assert after["text"] == before["text"].replace(*RENDERED.get(before["id"], ("", "")))
        assert after["created"] == pytest.approx(before["created"], abs=0.001)


def _all(thread: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for comment in thread["replies"]:
        yield comment
        yield from comment["replies"]


def _fields(comment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: comment[name] for name in FIELDS if name in comment}


def test_lists_of_articles_show_the_same_numbers(web: IssoSite) -> None:
    assert web.client.post("/count", json=list(RECORDED["threads"])).json() == [
        RECORDED["counts"][TITLES.index(uri)] for uri in RECORDED["threads"]
    ]


def test_a_new_reply_goes_below_an_imported_comment_also_a_deleted_one_is_refused(web: IssoSite) -> None:
    new = {"params": {"uri": TITLES[0]}, "headers": {"Origin": ORIGIN}}
    answer = web.client.post("/new", json={"text": "A reply from today", "parent": 2}, **new)
    assert (answer.status_code, answer.json()["parent"]) == (201, 1)
    assert web.client.post("/new", json={"text": "To a deleted one", "parent": 6}, **new).status_code == 400
    branch = web.client.get("/", params={"uri": TITLES[0], "parent": 1}).json()
    assert [reply["id"] for reply in branch["replies"]] == [2, answer.json()["id"], 3]

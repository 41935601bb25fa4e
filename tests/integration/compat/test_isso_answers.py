"""Answers to the requests of Isso's client are field by field those that the genuine Isso 0.14.0 gave.

`python -m tools.record_isso_answers` recorded those. Every difference is listed in this file and in docs/isso.md.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from comments.storage.interfaces import Storage
from tests.support.isso_requests import MODERATED, REQUESTS, IssoConversation
from tests.support.isso_site import isso_blog, open_isso_site

RECORDED: Mapping[str, Any] = json.loads((Path(__file__).parents[2] / "data/isso_answers.json").read_text())

#: The client hides votes; authors may reply to themselves; this deployment sends no email.
SETTINGS = {"reply-to-self": True, "reply-notifications": False, "vote": False}
#: Only this site's addresses get the author's cookie, and scripts cannot read it.
COOKIE = ["HttpOnly", "Path=/isso/blog/"]

#: All other differences, as "field: in Isso -> here".
DIFFERENCES = {
    # Isso answers the number of all comments, also of those before that time.
    "comments after a time in the future": ["body.hidden_replies: 3 -> 0"],
    # One page has one thread, however its address is encoded.
    "a thread with an encoded name": ["body.total_replies: 0 -> 1", "body.replies: 0 items -> 1 items"],
    # Nothing is shown of a deleted comment but its place and its time. Isso counts it.
    "the deletion of a comment with replies": ["body.modified: 'a time' -> None"],
    "the thread after the deletions": [
        "body.total_replies: 4 -> 3",
        "body.replies[0].modified: 'a time' -> None",
        "body.replies[0].text: '<p></p>' -> ''",
    ],
    # There are no votes.
    "an upvote": ["status: 200 -> 403"],
    "a downvote": ["status: 200 -> 403"],
    # Isso sorts all replies after all top-level comments. These are the latest; threads have normalized names.
    "the latest comments": [
        "body[0].parent: 'comment 1' -> None",
        "body[0].text: '<p>Hello, Ada &amp; all</p>' -> '<p>See my site</p>'",
        "body[0].website: None -> 'https://dan.example/?a=1&amp;b=2'",
        "body[0].author: 'Bob &lt;b&gt;' -> 'Dan'",
        "body[0].id: 'comment 2' -> 'comment 5'",
        "body[0].uri: '/hello/' -> '/hello'",
        "body[1].parent: 'comment 1' -> None",
        "body[1].text: '<p>And hello, Bob</p>' -> '<p>Grüße 🎉 日本語</p>'",
        "body[1].author: 'Cleo' -> 'Žofie 🦊'",
        "body[1].id: 'comment 3' -> 'comment 6'",
        "body[1].uri: '/hello/' -> '/gr%C3%B6%C3%9Fe'",
    ],
    "a text that is too long": ["status: 400 -> 413"],
    "a preflight": ["headers.content-type: 'text/plain' -> 'text/html; charset=utf-8'"],
}


@pytest.fixture
def answers(storage: Storage) -> Mapping[str, Any]:
    web = open_isso_site(storage, isso_blog())
    published = dict(IssoConversation(web.client).answers(REQUESTS))
    storage.sites.put(isso_blog(moderation="all"))
    return published | dict(IssoConversation(web.client).answers(MODERATED))


def test_every_answer_is_that_of_isso_but_for_the_listed_differences(answers: Mapping[str, Any]) -> None:
    assert sorted(answers) == sorted(RECORDED)
    found = {name: sorted(_differences(_expected(RECORDED[name]), answer)) for name, answer in answers.items()}
    assert {name: lines for name, lines in found.items() if lines} == {
        name: sorted(lines) for name, lines in DIFFERENCES.items()
    }


def _expected(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return Isso's answer with the differences that all answers share."""
    answer = json.loads(json.dumps(recorded).replace('"http://dan.example', '"https://dan.example'))
    if isinstance(answer["body"], dict) and "config" in answer["body"]:
        answer["body"]["config"] |= SETTINGS
    if "cookie" in answer:
        name, value, *attributes = answer["cookie"]
        answer["cookie"] = [name, value, *sorted([*COOKIE, *(a for a in attributes if a != "Path=/")])]
    if answer["status"] >= 400 and answer["body"] == "(no JSON)":  # Isso explains some errors as HTML only
        answer["body"] = {"message": "a message"}
        answer["headers"]["content-type"] = "application/json"
    return answer


def _differences(theirs: Any, ours: Any, path: str = "") -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in {**theirs, **ours}:
            yield from _differences(theirs.get(name, "nothing"), ours.get(name, "nothing"), f"{path}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{path.lstrip('.')}: {len(theirs)} items -> {len(ours)} items"
            return
        for n, pair in enumerate(zip(theirs, ours, strict=True)):
            yield from _differences(*pair, f"{path}[{n}]")
    elif theirs != ours:
        yield f"{path.lstrip('.')}: {theirs!r} -> {ours!r}"

"""Webhook events: their types, their fields, and the signature."""

import hashlib
import hmac
import json

import pytest

from comments.lifecycle import Action, Status
from comments.site import WEBHOOK_EVENTS
from comments.storage.deliveries import Delivery
from comments.storage.interfaces import Storage
from tests.support.builders import NOW, a_comment, moderated, published, removed_with_replies
from workers.delivery.webhook_payload import event_body, event_type, signature, signed_headers, visible_depth


def a_delivery(comment: str, status: Status) -> Delivery:
    return Delivery("hook", comment, 2, status, "example.com", NOW, NOW)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.QUEUED])
def test_each_decision_is_of_one_type(status: Status) -> None:
    assert event_type(status) in WEBHOOK_EVENTS
    assert (event_type(status) == "published") is (status is Status.APPROVED)


def test_an_event_has_the_whole_published_comment() -> None:
    comment = a_comment(url="https://ada.example", content="*So*")
    payload = json.loads(event_body(a_delivery(comment.id, Status.APPROVED), comment, 1))
    shown = payload.pop("comment")
    assert payload == {
        "id": f"{comment.id}:2",
        "type": "published",
        "site": "blog",
        "thread": "first-post",
        "comment_id": comment.id,
        "outcome": "published",
    }
    assert (shown["content"], shown["html"], shown["depth"]) == ("*So*", "<p><em>So</em></p>\n", 1)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (Status.HELD, "pending"),
        (Status.SPAM, "refused"),
        (Status.REMOVED, "refused"),
        (Status.WITHDRAWN, "withdrawn"),
    ],
)
def test_other_events_have_the_status_but_not_the_comment(status: Status, outcome: str) -> None:
    comment = a_comment(content="canary", author="canary", url="https://canary.example")
    text = event_body(a_delivery(comment.id, status), comment, 0)
    assert json.loads(text)["outcome"] == outcome
    assert json.loads(text)["comment"] is None
    assert b"canary" not in text


def test_an_event_omits_a_comment_that_readers_no_longer_see() -> None:
    text = event_body(a_delivery("one", Status.APPROVED), a_comment(content="canary"), None)
    assert b"canary" not in text


def test_no_event_names_a_person() -> None:
    comment = a_comment(email="canary@example.org", origin="canary-o", identity="canary-i", user_agent="canary-u")
    for status in Status:
        assert b"canary" not in event_body(a_delivery(comment.id, status), comment, 0)


def test_depth_counts_the_parents_and_is_none_below_a_hidden_one(memory: Storage) -> None:
    root = published(memory)
    reply = published(memory, parent=root.id)
    leaf = published(memory, parent=reply.id)
    assert [visible_depth(memory.comments, c) for c in (root, reply, leaf)] == [0, 1, 2]
    removed = moderated(memory, reply, Action.REMOVE)
    assert visible_depth(memory.comments, leaf) == 2, "readers keep it below a stub"
    assert visible_depth(memory.comments, removed) is None
    removed_with_replies(memory, moderated(memory, removed, Action.APPROVE))
    assert visible_depth(memory.comments, leaf) is None
    assert visible_depth(memory.comments, a_comment(parent="gone", status=Status.APPROVED)) is None


def test_every_key_signs_the_time_and_the_body() -> None:
    t, *marks = signature(["new", "old"], 1_700_000_000, b"{}").split(",")
    assert t == "t=1700000000"
    assert marks == [
        "v1=" + hmac.new(secret, b"1700000000.{}", hashlib.sha256).hexdigest() for secret in (b"new", b"old")
    ]


def test_the_headers_name_the_time_of_the_attempt() -> None:
    assert signed_headers(["s"], NOW, b"{}")["Replygate-Signature"].startswith(f"t={NOW.timestamp():.0f},v1=")

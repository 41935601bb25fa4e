"""Webhooks get signed events with the data of the API, if they subscribe to them; failures are recorded."""

import hmac
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from comments.drafts import drafted, withdrawn
from comments.lifecycle import Action, Status
from comments.pseudonyms import Pseudonyms
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.support.builders import SECRET, accepted, an_admission, decided, moderated, published
from tests.support.deliveries import (
    NOTHING_TRUSTED,
    a_webhook,
    closed_sender_pool,
    deliveries_by_event,
    delivery_deps,
    is_idle,
    received_events,
    received_ids,
)
from tests.support.receiver import Receiver
from tests.support.wait import wait_until
from tests.support.web_app import open_web_app
from workers.delivery.outbox import send_due
from workers.deps import now, set_deps
from workers.jobs import deliver


def test_a_decision_is_sent_with_a_signature(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver, keys=("new", "old")))
    comment = published(storage)
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    (request,) = receiver.requests
    assert request.line == "POST /hook HTTP/1.1"
    t, *signatures = (part.partition("=")[2] for part in request.headers["replygate-signature"].split(","))
    secrets = [Pseudonyms(SECRET).webhook_secret("blog", "hook", key) for key in ("new", "old")]
    signed = t.encode() + b"." + request.body
    assert signatures == [hmac.new(secret.encode(), signed, sha256).hexdigest() for secret in secrets]
    assert abs(int(t) - time.time()) < 60
    delivery = deliveries_by_event(storage)[f"{comment.id}:1"]
    assert (delivery.state, delivery.answer, delivery.attempts, delivery.host) == (
        DeliveryStatus.DELIVERED, 200, 1, "127.0.0.1",
    )  # fmt: skip


def test_a_published_event_contains_the_comment_as_in_the_api(storage: Storage, receiver: Receiver) -> None:
    web_app = open_web_app(storage)
    delivery_deps(storage, a_webhook(receiver))
    root = published(storage, content="*So* it is.", url="https://ada.example")
    reply = published(storage, parent=root.id, author="Bob <b>")
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    listed = web_app.anonymous().get("/v1/sites/blog/threads/first-post/comments").json["comments"]
    of_pages = {"removed", "replies", "more", "pinned"}  # how a page shows the comment, not what it is
    assert {event["comment_id"]: event["comment"] for event in received_events(receiver)} == {
        c["id"]: {name: value for name, value in c.items() if name not in of_pages} for c in listed
    }
    assert {c["id"] for c in listed} == {root.id, reply.id}
    assert b"example.org" not in b"".join(request.body for request in receiver.requests)


def test_the_text_of_a_removed_comment_is_not_sent(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver))
    comment = published(storage, content="a canary sang")
    moderated(storage, comment, Action.REMOVE)
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    assert [(event["outcome"], event["comment"]) for event in received_events(receiver)] == [
        ("published", None),
        ("refused", None),
    ]
    assert b"canary" not in b"".join(request.body for request in receiver.requests)


def test_a_decision_undone_before_it_was_sent_is_not_sent(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver))
    held = decided(storage, accepted(storage), Action.HOLD)
    wrong = moderated(storage, held, Action.APPROVE)
    assert storage.comments.decide("blog", [CommentChange(wrong, wrong.with_undo("mo", now()))]) == [True]
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    assert [(event["id"], event["outcome"]) for event in received_events(receiver)] == [
        (f"{held.id}:1", "pending"),
        (f"{held.id}:3", "pending"),
    ]
    (dropped,) = [d for d in storage.deliveries.recent("blog", 9) if d.state is DeliveryStatus.DROPPED]
    assert dropped.version == 2


def test_an_approved_edit_and_a_withdrawal_are_events_of_their_comment(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver))
    comment = published(storage, content="First words.")
    draft = drafted(comment, "Other words.", now())
    storage.comments.accept(draft, an_admission())
    decided(storage, draft, Action.APPROVE)
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    assert received_ids(receiver) == [f"{comment.id}:1", f"{comment.id}:2"]
    assert received_events(receiver)[1]["type"] == "published"
    assert received_events(receiver)[1]["comment"]["content"] == "Other words."
    shown = storage.comments.get("blog", comment.id)
    assert storage.comments.decide("blog", [CommentChange(shown, withdrawn(shown, now()))]) == [True]
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    last = received_events(receiver)[-1]
    assert (last["id"], last["type"], last["outcome"], last["comment"]) == (
        f"{comment.id}:3", "decision", "withdrawn", None,
    )  # fmt: skip


@pytest.mark.parametrize(("events", "outcomes"), [(("published",), ["published"]), (("decision",), ["pending"])])
def test_a_webhook_gets_only_the_events_it_subscribes_to(
    storage: Storage, receiver: Receiver, events: tuple[str, ...], outcomes: list[str]
) -> None:
    delivery_deps(storage, a_webhook(receiver, events=events))
    decided(storage, accepted(storage), Action.HOLD)
    published(storage)
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    assert [event["outcome"] for event in received_events(receiver)] == outcomes
    assert storage.outbox.length("blog") == 0


def test_a_disabled_webhook_gets_no_events(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver, enabled=False))
    published(storage)
    deliver("blog", "")
    assert storage.outbox.length("blog") == 0
    assert (is_idle(storage), receiver.connections) == (True, 0)


# Failures


def test_a_private_address_is_called_only_if_the_operator_allows_it(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver), trusted=NOTHING_TRUSTED)
    comment = published(storage)
    deliver("blog", "")
    wait_until(lambda: deliveries_by_event(storage)[f"{comment.id}:1"].attempts == 1)
    assert deliveries_by_event(storage)[f"{comment.id}:1"].error == "address"
    assert receiver.connections == 0


def test_a_delivery_older_than_a_day_fails_and_the_next_one_is_sent(storage: Storage, receiver: Receiver) -> None:
    d = delivery_deps(storage, a_webhook(receiver))
    old, fresh = accepted(storage), accepted(storage)
    long_ago = datetime.now(UTC) - timedelta(hours=26)
    missing = Delivery("hook", "nothing", 1, Status.SPAM, "127.0.0.1", long_ago, long_ago)
    storage.deliveries.enqueue("blog", "hook", [replace(missing, comment=old.id), missing])
    storage.deliveries.enqueue("blog", "hook", [replace(missing, comment=fresh.id, began=now(), due=now())])
    send_due(d, storage.sites.get("blog"))
    wait_until(lambda: is_idle(storage))
    assert received_ids(receiver) == [f"{fresh.id}:1"]
    assert {d.event: d.error for d in deliveries_by_event(storage).values()} == {
        f"{old.id}:1": "too late", "nothing:1": "gone", f"{fresh.id}:1": "",
    }  # fmt: skip


def test_the_sweep_finds_due_deliveries(storage: Storage, receiver: Receiver) -> None:
    d = delivery_deps(storage, a_webhook(receiver))
    set_deps(replace(d, senders=closed_sender_pool()))
    published(storage)
    deliver("blog", "")
    assert storage.outbox.length("blog") == 0
    assert storage.deliveries.due("blog", ["hook"]) == ["hook"]

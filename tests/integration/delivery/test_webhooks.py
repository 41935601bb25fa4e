"""From a decision to a receiver: signed, as the API shows it, to who asked for it; and what cannot be delivered."""

import hmac
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from comments.drafts import drafted, withdrawn
from comments.lifecycle import Action, Status
from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange, Delivery, DeliveryStatus
from tests.support.builders import SECRET, accepted, an_admission, decided, moderated, published
from tests.support.delivering import NOTHING_TRUSTED, a_house, a_webhook, closed, ids, log, quiet, told
from tests.support.desk import a_desk
from tests.support.receiver import Receiver
from tests.support.waiting import until
from workers.delivery.outbox import send_due
from workers.deps import install, now
from workers.jobs import deliver


def test_a_decision_reaches_the_receiver_signed(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver, keys=("new", "old")))
    comment = published(storage)
    deliver("blog", "")
    until(lambda: quiet(storage))
    (request,) = receiver.requests
    assert request.line == "POST /hook HTTP/1.1"
    t, *marks = (part.partition("=")[2] for part in request.headers["replygate-signature"].split(","))
    secrets = [Pseudonyms(SECRET).webhook_secret("blog", "hook", key) for key in ("new", "old")]
    signed = t.encode() + b"." + request.body
    assert marks == [hmac.new(secret.encode(), signed, sha256).hexdigest() for secret in secrets]
    assert abs(int(t) - time.time()) < 60
    delivery = log(storage)[f"{comment.id}:1"]
    assert (delivery.course, delivery.answer, delivery.attempts, delivery.host) == (
        DeliveryStatus.DELIVERED, 200, 1, "127.0.0.1",
    )  # fmt: skip


def test_a_published_event_carries_what_the_api_says(storage: Storage, receiver: Receiver) -> None:
    desk = a_desk(storage)
    a_house(storage, a_webhook(receiver))
    root = published(storage, content="*So* it is.", url="https://ada.example")
    reply = published(storage, parent=root.id, author="Bob <b>")
    deliver("blog", "")
    until(lambda: quiet(storage))
    listed = desk.stranger().get("/v1/sites/blog/threads/first-post/comments").json["comments"]
    assert {event["comment_id"]: event["comment"] for event in told(receiver)} == {c["id"]: c for c in listed}
    assert {c["id"] for c in listed} == {root.id, reply.id}
    assert b"example.org" not in b"".join(request.body for request in receiver.requests)


def test_what_was_taken_down_meanwhile_is_not_sent(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver))
    comment = published(storage, content="a canary sang")
    moderated(storage, comment, Action.REMOVE)
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert [(event["outcome"], event["comment"]) for event in told(receiver)] == [
        ("published", None),
        ("refused", None),
    ]
    assert b"canary" not in b"".join(request.body for request in receiver.requests)


def test_what_was_taken_back_before_it_was_told_is_not_told(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver))
    held = decided(storage, accepted(storage), Action.HOLD)
    wrong = moderated(storage, held, Action.APPROVE)
    assert storage.comments.decide("blog", [CommentChange(wrong, wrong.with_undo("mo", now()))]) == [True]
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert [(event["id"], event["outcome"]) for event in told(receiver)] == [
        (f"{held.id}:1", "pending"),
        (f"{held.id}:3", "pending"),
    ]
    (dropped,) = [d for d in storage.deliveries.recent("blog", 9) if d.course is DeliveryStatus.DROPPED]
    assert dropped.version == 2


def test_an_approved_edit_and_a_withdrawal_are_told_as_of_their_comment(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver))
    comment = published(storage, content="First words.")
    draft = drafted(comment, "Other words.", now())
    storage.comments.accept(draft, an_admission())
    decided(storage, draft, Action.APPROVE)
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert ids(receiver) == [f"{comment.id}:1", f"{comment.id}:2"]
    assert told(receiver)[1]["type"] == "published"
    assert told(receiver)[1]["comment"]["content"] == "Other words."
    shown = storage.comments.get("blog", comment.id)
    assert storage.comments.decide("blog", [CommentChange(shown, withdrawn(shown, now()))]) == [True]
    deliver("blog", "")
    until(lambda: quiet(storage))
    last = told(receiver)[-1]
    assert (last["id"], last["type"], last["outcome"], last["comment"]) == (
        f"{comment.id}:3", "decision", "withdrawn", None,
    )  # fmt: skip


@pytest.mark.parametrize(("events", "outcomes"), [(("published",), ["published"]), (("decision",), ["pending"])])
def test_a_webhook_hears_what_it_asked_for(
    storage: Storage, receiver: Receiver, events: tuple[str, ...], outcomes: list[str]
) -> None:
    a_house(storage, a_webhook(receiver, events=events))
    decided(storage, accepted(storage), Action.HOLD)
    published(storage)
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert [event["outcome"] for event in told(receiver)] == outcomes
    assert storage.outbox.length("blog") == 0


def test_a_webhook_that_is_switched_off_hears_nothing(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver, enabled=False))
    published(storage)
    deliver("blog", "")
    assert storage.outbox.length("blog") == 0
    assert (quiet(storage), receiver.connections) == (True, 0)


# What cannot be delivered


def test_nothing_private_is_called_without_the_operators_word(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver), trusted=NOTHING_TRUSTED)
    comment = published(storage)
    deliver("blog", "")
    until(lambda: log(storage)[f"{comment.id}:1"].attempts == 1)
    assert log(storage)[f"{comment.id}:1"].error == "address"
    assert receiver.connections == 0


def test_what_is_older_than_a_day_is_given_up_and_the_next_goes(storage: Storage, receiver: Receiver) -> None:
    d = a_house(storage, a_webhook(receiver))
    old, fresh = accepted(storage), accepted(storage)
    long_ago = datetime.now(UTC) - timedelta(hours=26)
    gone = Delivery("hook", "nothing", 1, Status.SPAM, "127.0.0.1", long_ago, long_ago)
    storage.deliveries.enqueue("blog", "hook", [replace(gone, comment=old.id), gone])
    storage.deliveries.enqueue("blog", "hook", [replace(gone, comment=fresh.id, began=now(), due=now())])
    send_due(d, storage.sites.get("blog"))
    until(lambda: quiet(storage))
    assert ids(receiver) == [f"{fresh.id}:1"]
    assert {d.event: d.error for d in log(storage).values()} == {
        f"{old.id}:1": "too late", "nothing:1": "gone", f"{fresh.id}:1": "",
    }  # fmt: skip


def test_the_sweep_sees_what_is_due(storage: Storage, receiver: Receiver) -> None:
    d = a_house(storage, a_webhook(receiver))
    install(replace(d, senders=closed()))
    published(storage)
    deliver("blog", "")
    assert storage.outbox.length("blog") == 0
    assert storage.deliveries.due("blog", ["hook"]) == ["hook"]

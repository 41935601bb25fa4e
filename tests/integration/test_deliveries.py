"""From a decision to a receiver: at least once, in order, over crashes, and with nobody held up by anybody else."""

import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from comments.drafts import drafted, withdrawn
from comments.errors import StorageDown
from comments.lifecycle import Action, Status
from comments.model import Webhook
from comments.pseudonyms import Pseudonyms
from comments.storage import Change, Course, Delivery, Storage
from tests.builders import SECRET, a_site, accepted, an_admission, decided, moderated, published, settings
from tests.desk import a_desk
from tests.integration.asked import Asked
from tests.receiver import Receiver, says
from tests.waiting import until
from workers.addresses import trusted_hosts
from workers.couriers import Couriers
from workers.deliveries import TOGETHER, queue_events, send_due
from workers.deps import Deps, install, now
from workers.jobs import deliver
from workers.outgoing import Outgoing
from workers.policy import build

BROKEN = says(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")
NOTHING_TRUSTED: frozenset[str] = frozenset()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


def a_webhook(receiver: Receiver, id: str = "hook", **changes: Any) -> Webhook:
    return replace(Webhook(id, receiver.url, datetime.now(UTC), ("k1",)), **changes)


def a_house(storage: Storage, *webhooks: Webhook, trusted: frozenset[str] | None = None, **changes: Any) -> Deps:
    """A delivering process of a site with these webhooks."""
    storage.sites.put(a_site(webhooks=webhooks))
    hosts = frozenset(webhook.url.split("/")[2] for webhook in webhooks) if trusted is None else trusted
    made = Deps(settings(**changes), storage, Asked(), (), build((), {}), now, Outgoing(hosts, total=1.0), Couriers())
    install(made)
    return made


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in receiver.requests]


def ids(receiver: Receiver) -> list[str]:
    return [event["id"] for event in told(receiver)]


def log(storage: Storage) -> dict[str, Delivery]:
    return {delivery.event: delivery for delivery in storage.deliveries.recent("blog", 200)}


def quiet(storage: Storage) -> bool:
    return storage.deliveries.posted("blog").pending == 0


def hurry(storage: Storage, delivery: Delivery) -> None:
    """Let a delivery that waits for its next attempt be due now, as time would."""
    assert storage.deliveries.settle("blog", delivery, replace(delivery, due=datetime.now(UTC)))


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
        Course.DELIVERED, 200, 1, "127.0.0.1",
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
    assert storage.comments.decide("blog", [Change(wrong, wrong.undone("mo", now()))]) == [True]
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert [(event["id"], event["outcome"]) for event in told(receiver)] == [
        (f"{held.id}:1", "pending"),
        (f"{held.id}:3", "pending"),
    ]
    (dropped,) = [d for d in storage.deliveries.recent("blog", 9) if d.course is Course.DROPPED]
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
    assert storage.comments.decide("blog", [Change(shown, withdrawn(shown, now()))]) == [True]
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


# At least once


def test_a_crash_between_queueing_and_emptying_the_outbox_doubles_nothing(storage: Storage, receiver: Receiver) -> None:
    d = a_house(storage, a_webhook(receiver))
    comment = published(storage)

    class Dies:
        """The outbox of a process that is killed before it can empty it."""

        read, length = storage.outbox.read, storage.outbox.length

        def done(self, *_: object) -> None:
            raise StorageDown

    with pytest.raises(StorageDown):
        queue_events(replace(d, storage=replace(storage, outbox=Dies())), storage.sites.get("blog"))
    assert storage.outbox.length("blog") == 1
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert ids(receiver) == [f"{comment.id}:1"]


def test_a_crash_before_sending_delays_and_loses_nothing(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver))
    comment = published(storage)
    install(replace(a_house(storage, a_webhook(receiver)), couriers=_closed()))
    deliver("blog", "")  # queued, and nobody there to carry it
    assert storage.deliveries.take("blog", "hook", 0.01)  # and one who dies with it
    a_house(storage, a_webhook(receiver))

    def arrives() -> bool:
        deliver("blog", "")
        return quiet(storage)

    until(arrives)
    assert ids(receiver) == [f"{comment.id}:1"]


def test_a_crash_after_sending_sends_once_more(storage: Storage, receiver: Receiver) -> None:
    d = a_house(storage, a_webhook(receiver))
    comment = published(storage)

    class Dies:
        """The deliveries of a process that is killed before it can write down what it sent."""

        def __getattr__(self, name: str) -> Any:
            return getattr(storage.deliveries, name)

        def take(self, site: str, webhook: str, lease: float) -> Delivery | None:
            return storage.deliveries.take(site, webhook, 0.01)

        def settle(self, *_: object) -> bool:
            raise StorageDown

    install(replace(d, storage=replace(storage, deliveries=Dies())))
    deliver("blog", "")
    until(lambda: bool(receiver.requests))
    d.couriers.close()
    sent = len(receiver.requests)
    a_house(storage, a_webhook(receiver))

    def arrives() -> bool:
        deliver("blog", "")
        return quiet(storage)

    until(arrives)
    assert ids(receiver) == [f"{comment.id}:1"] * (sent + 1)


def _closed() -> Couriers:
    couriers = Couriers()
    couriers.close()
    return couriers


# Failing receivers


@pytest.mark.parametrize(
    ("how", "answer", "error"),
    [
        (BROKEN, 500, "refused"),
        (says(b"HTTP/1.1 404 Nothing\r\nContent-Length: 0\r\n\r\n"), 404, "refused"),
        (says(b"HTTP/1.1 302 Away\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"), 302, "redirect"),
        (says(b""), 0, "broken"),
        ("stall", 0, "timeout"),
        ("drip", 0, "timeout"),
    ],
)
def test_an_attempt_that_fails_is_written_down_and_made_again(
    storage: Storage, receiver: Receiver, how: Any, answer: int, error: str
) -> None:
    d = a_house(storage, a_webhook(receiver))
    good, receiver.behave = receiver.behave, getattr(receiver, how) if isinstance(how, str) else how
    comment = published(storage)
    deliver("blog", "")
    until(lambda: log(storage)[f"{comment.id}:1"].attempts == 1)
    first = log(storage)[f"{comment.id}:1"]
    assert (first.course, first.answer, first.error) == (Course.PENDING, answer, error)
    assert timedelta(seconds=3) < first.due - datetime.now(UTC) < timedelta(seconds=6)
    assert storage.deliveries.due("blog", ["hook"]) == []
    receiver.behave = good
    hurry(storage, first)

    def arrives() -> bool:
        send_due(d, storage.sites.get("blog"))
        return quiet(storage)

    until(arrives)
    last = log(storage)[f"{comment.id}:1"]
    assert (last.course, last.attempts, last.answer, last.error) == (Course.DELIVERED, 2, 200, "")
    assert dict(storage.deliveries.posted("blog").results) == {"retried": 1, "delivered": 1}


def test_a_huge_answer_counts_by_its_status(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver))
    receiver.behave = receiver.pour
    published(storage)
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert dict(storage.deliveries.posted("blog").results) == {"delivered": 1}


def test_versions_of_a_comment_arrive_in_order_though_the_first_fails(storage: Storage, receiver: Receiver) -> None:
    d = a_house(storage, a_webhook(receiver))
    good = receiver.behave
    receiver.behave = lambda connection: (BROKEN if ids(receiver) == [f"{first.id}:1"] else good)(connection)
    first = decided(storage, accepted(storage), Action.HOLD)
    moderated(storage, moderated(storage, first, Action.APPROVE), Action.SPAM)
    deliver("blog", "")
    until(lambda: log(storage)[f"{first.id}:1"].attempts == 1)
    assert ids(receiver) == [f"{first.id}:1"]
    other = published(storage)
    queue_events(d, storage.sites.get("blog"))
    hurry(storage, log(storage)[f"{first.id}:1"])

    def arrives() -> bool:
        send_due(d, storage.sites.get("blog"))
        return quiet(storage)

    until(arrives)
    assert [id for id in ids(receiver) if id.startswith(first.id)] == [f"{first.id}:{n}" for n in (1, 1, 2, 3)]
    assert f"{other.id}:1" in ids(receiver)


def test_a_dead_receiver_holds_up_no_other_webhook_and_no_other_site(storage: Storage, receiver: Receiver) -> None:
    with Receiver() as dead:
        dead.behave = dead.stall
        webhooks = [a_webhook(dead, f"dead-{n}") for n in range(30)]
        d = a_house(
            storage, *webhooks, a_webhook(receiver), trusted=trusted_hosts(f"{dead.authority},{receiver.authority}")
        )
        storage.sites.put(a_site(id="shop", webhooks=(a_webhook(receiver, "shop"),)))
        for n in range(10):
            published(storage, thread=str(n))
            published(storage, site="shop", thread=str(n))
        began = time.monotonic()
        for site in ("blog", "shop"):
            deliver(site, "")
        assert time.monotonic() - began < 0.9, "no job waits for a receiver"
        until(lambda: len(receiver.requests) == 20)
        assert time.monotonic() - began < 0.9, "nobody waits for the dead"
        until(lambda: dict(storage.deliveries.posted("blog").results).get("retried", 0) >= dead.connections >= 30)
        assert dead.connections <= 30 * TOGETHER, "the dead are left alone after a failure"
        d.couriers.close()


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
    storage.deliveries.put("blog", "hook", [replace(gone, comment=old.id), gone])
    storage.deliveries.put("blog", "hook", [replace(gone, comment=fresh.id, began=now(), due=now())])
    send_due(d, storage.sites.get("blog"))
    until(lambda: quiet(storage))
    assert ids(receiver) == [f"{fresh.id}:1"]
    assert {d.event: d.error for d in log(storage).values()} == {
        f"{old.id}:1": "too late", "nothing:1": "gone", f"{fresh.id}:1": "",
    }  # fmt: skip


def test_the_sweep_sees_what_is_due(storage: Storage, receiver: Receiver) -> None:
    d = a_house(storage, a_webhook(receiver))
    install(replace(d, couriers=_closed()))
    published(storage)
    deliver("blog", "")
    assert storage.outbox.length("blog") == 0
    assert storage.deliveries.due("blog", ["hook"]) == ["hook"]

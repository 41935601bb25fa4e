"""Deliveries survive crashes and failing receivers: at least once, in order, without blocking other webhooks."""

from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from comments.errors import StorageDown
from comments.lifecycle import Action
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, accepted, decided, moderated, published
from tests.support.deliveries import (
    BROKEN,
    a_webhook,
    claimed,
    closed_sender_pool,
    deliveries_by_event,
    delivery_deps,
    is_idle,
    make_due,
    received_ids,
)
from tests.support.receiver import Receiver, says
from tests.support.wait import wait_until
from workers.delivery.address_guard import trusted_hosts
from workers.delivery.outbox import PARALLEL_SENDERS, queue_events, send_due
from workers.delivery.retry_policy import BACKOFF
from workers.deps import set_deps
from workers.jobs import deliver


def test_a_crash_before_the_outbox_is_emptied_repeats_no_event(storage: Storage, receiver: Receiver) -> None:
    d = delivery_deps(storage, a_webhook(receiver))
    comment = published(storage)

    class Failing:
        """The outbox of a process that is killed before it empties it."""

        read, length = storage.outbox.read, storage.outbox.length

        def done(self, *_: object) -> None:
            raise StorageDown

    with pytest.raises(StorageDown):
        queue_events(replace(d, storage=replace(storage, outbox=Failing())), storage.sites.get("blog"))
    assert storage.outbox.length("blog") == 1
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    assert received_ids(receiver) == [f"{comment.id}:1"]


def test_a_crash_before_sending_loses_no_event(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver))
    comment = published(storage)
    set_deps(replace(delivery_deps(storage, a_webhook(receiver)), senders=closed_sender_pool()))
    deliver("blog", "")  # queued, but no sender runs
    assert claimed(storage, "hook", 0.01)  # claimed by a sender that dies
    delivery_deps(storage, a_webhook(receiver))

    def arrives() -> bool:
        deliver("blog", "")
        return is_idle(storage)

    wait_until(arrives)
    assert received_ids(receiver) == [f"{comment.id}:1"]


def test_a_crash_after_sending_sends_the_event_again(storage: Storage, receiver: Receiver) -> None:
    d = delivery_deps(storage, a_webhook(receiver))
    comment = published(storage)

    class Failing:
        """The deliveries of a process that is killed before it records what it sent."""

        def __getattr__(self, name: str) -> Any:
            return getattr(storage.deliveries, name)

        def claim(self, site: str, webhook: str, lease: float, n: int) -> list[Delivery]:
            return storage.deliveries.claim(site, webhook, 0.01, n)

        def finish(self, *_: object) -> list[bool]:
            raise StorageDown

    set_deps(replace(d, storage=replace(storage, deliveries=Failing())))
    deliver("blog", "")
    wait_until(lambda: bool(receiver.requests))
    d.senders.close()
    sent = len(receiver.requests)
    delivery_deps(storage, a_webhook(receiver))

    def arrives() -> bool:
        deliver("blog", "")
        return is_idle(storage)

    wait_until(arrives)
    assert received_ids(receiver) == [f"{comment.id}:1"] * (sent + 1)


# Failing receivers


@pytest.mark.parametrize(
    ("behavior", "answer", "error"),
    [
        (BROKEN, 500, "refused"),
        (says(b"HTTP/1.1 404 Nothing\r\nContent-Length: 0\r\n\r\n"), 404, "refused"),
        (says(b"HTTP/1.1 302 Away\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"), 302, "redirect"),
        (says(b""), 0, "broken"),
        ("stall", 0, "timeout"),
        ("drip", 0, "timeout"),
    ],
)
def test_a_failed_attempt_is_recorded_and_retried(
    storage: Storage, receiver: Receiver, behavior: Any, answer: int, error: str
) -> None:
    delivery_deps(storage, a_webhook(receiver), total=0.5 if error == "timeout" else 60.0)
    good, receiver.behave = receiver.behave, getattr(receiver, behavior) if isinstance(behavior, str) else behavior
    comment = published(storage)
    deliver("blog", "")
    wait_until(lambda: deliveries_by_event(storage)[f"{comment.id}:1"].attempts == 1)
    first = deliveries_by_event(storage)[f"{comment.id}:1"]
    assert (first.state, first.answer, first.error) == (DeliveryStatus.PENDING, answer, error)
    assert timedelta(seconds=BACKOFF[0]) <= first.due - first.began < timedelta(seconds=BACKOFF[1])
    receiver.behave = good
    make_due(storage, first)
    d = delivery_deps(storage, a_webhook(receiver))

    def arrives() -> bool:
        send_due(d, storage.sites.get("blog"))
        return is_idle(storage)

    wait_until(arrives)
    last = deliveries_by_event(storage)[f"{comment.id}:1"]
    assert (last.state, last.attempts, last.answer, last.error) == (DeliveryStatus.DELIVERED, 2, 200, "")
    assert dict(storage.deliveries.figures("blog").results) == {"retried": 1, "delivered": 1}


def test_a_huge_response_counts_by_its_status(storage: Storage, receiver: Receiver) -> None:
    delivery_deps(storage, a_webhook(receiver))
    receiver.behave = receiver.pour
    published(storage)
    deliver("blog", "")
    wait_until(lambda: is_idle(storage))
    assert dict(storage.deliveries.figures("blog").results) == {"delivered": 1}


def test_versions_of_a_comment_arrive_in_order_even_if_the_first_attempt_fails(
    storage: Storage, receiver: Receiver
) -> None:
    d = delivery_deps(storage, a_webhook(receiver))
    good = receiver.behave
    receiver.behave = lambda connection: (BROKEN if received_ids(receiver) == [f"{first.id}:1"] else good)(connection)
    first = decided(storage, accepted(storage), Action.HOLD)
    moderated(storage, moderated(storage, first, Action.APPROVE), Action.SPAM)
    deliver("blog", "")
    wait_until(lambda: deliveries_by_event(storage)[f"{first.id}:1"].attempts == 1)
    assert received_ids(receiver) == [f"{first.id}:1"]
    other = published(storage)
    queue_events(d, storage.sites.get("blog"))
    make_due(storage, deliveries_by_event(storage)[f"{first.id}:1"])

    def arrives() -> bool:
        send_due(d, storage.sites.get("blog"))
        return is_idle(storage)

    wait_until(arrives)
    assert [id for id in received_ids(receiver) if id.startswith(first.id)] == [f"{first.id}:{n}" for n in (1, 1, 2, 3)]
    assert f"{other.id}:1" in received_ids(receiver)


def test_a_dead_receiver_delays_no_other_webhook_or_site(storage: Storage, receiver: Receiver) -> None:
    with Receiver() as dead:
        given_up = Event()
        dead.behave = lambda _: given_up.wait() and None
        webhooks = [a_webhook(dead, f"dead-{n}") for n in range(30)]
        d = delivery_deps(
            storage, *webhooks, a_webhook(receiver), trusted=trusted_hosts(f"{dead.authority},{receiver.authority}")
        )
        storage.sites.put(a_site(id="shop", webhooks=(a_webhook(receiver, "shop"),)))
        for n in range(10):
            published(storage, thread=str(n))
            published(storage, site="shop", thread=str(n))
        for site in ("blog", "shop"):
            deliver(site, "")
        wait_until(lambda: len(receiver.requests) == 20)
        assert "retried" not in storage.deliveries.figures("blog").results, (
            "no job and no other webhook waits for the dead receiver"
        )
        given_up.set()
        wait_until(lambda: dict(storage.deliveries.figures("blog").results).get("retried", 0) >= dead.connections >= 30)
        assert dead.connections <= 30 * PARALLEL_SENDERS, "a dead receiver gets no new attempts after a failure"
        d.senders.close()

"""Deliveries over crashes and failing receivers: at least once, in order, and nobody held up by anybody else."""

from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from comments.errors import StorageDown
from comments.lifecycle import Action
from comments.storage.interfaces import Storage
from comments.storage.values import Delivery, DeliveryStatus
from tests.support.builders import a_site, accepted, decided, moderated, published
from tests.support.delivering import BROKEN, a_house, a_webhook, closed, hurry, ids, log, quiet
from tests.support.receiver import Receiver, says
from tests.support.waiting import until
from workers.delivery.address_guard import trusted_hosts
from workers.delivery.outbox import PARALLEL_SENDERS, queue_events, send_due
from workers.delivery.retry_policy import BACKOFF
from workers.deps import install
from workers.jobs import deliver


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
    install(replace(a_house(storage, a_webhook(receiver)), senders=closed()))
    deliver("blog", "")  # queued, and nobody there to carry it
    assert storage.deliveries.claim("blog", "hook", 0.01)  # and one who dies with it
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

        def claim(self, site: str, webhook: str, lease: float) -> Delivery | None:
            return storage.deliveries.claim(site, webhook, 0.01)

        def finish(self, *_: object) -> bool:
            raise StorageDown

    install(replace(d, storage=replace(storage, deliveries=Dies())))
    deliver("blog", "")
    until(lambda: bool(receiver.requests))
    d.senders.close()
    sent = len(receiver.requests)
    a_house(storage, a_webhook(receiver))

    def arrives() -> bool:
        deliver("blog", "")
        return quiet(storage)

    until(arrives)
    assert ids(receiver) == [f"{comment.id}:1"] * (sent + 1)


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
    a_house(storage, a_webhook(receiver), total=0.5 if error == "timeout" else 60.0)
    good, receiver.behave = receiver.behave, getattr(receiver, how) if isinstance(how, str) else how
    comment = published(storage)
    deliver("blog", "")
    until(lambda: log(storage)[f"{comment.id}:1"].attempts == 1)
    first = log(storage)[f"{comment.id}:1"]
    assert (first.course, first.answer, first.error) == (DeliveryStatus.PENDING, answer, error)
    assert timedelta(seconds=BACKOFF[0]) <= first.due - first.began < timedelta(seconds=BACKOFF[1])
    receiver.behave = good
    hurry(storage, first)
    d = a_house(storage, a_webhook(receiver))

    def arrives() -> bool:
        send_due(d, storage.sites.get("blog"))
        return quiet(storage)

    until(arrives)
    last = log(storage)[f"{comment.id}:1"]
    assert (last.course, last.attempts, last.answer, last.error) == (DeliveryStatus.DELIVERED, 2, 200, "")
    assert dict(storage.deliveries.figures("blog").results) == {"retried": 1, "delivered": 1}


def test_a_huge_answer_counts_by_its_status(storage: Storage, receiver: Receiver) -> None:
    a_house(storage, a_webhook(receiver))
    receiver.behave = receiver.pour
    published(storage)
    deliver("blog", "")
    until(lambda: quiet(storage))
    assert dict(storage.deliveries.figures("blog").results) == {"delivered": 1}


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
        given_up = Event()
        dead.behave = lambda _: given_up.wait() and None
        webhooks = [a_webhook(dead, f"dead-{n}") for n in range(30)]
        d = a_house(
            storage, *webhooks, a_webhook(receiver), trusted=trusted_hosts(f"{dead.authority},{receiver.authority}")
        )
        storage.sites.put(a_site(id="shop", webhooks=(a_webhook(receiver, "shop"),)))
        for n in range(10):
            published(storage, thread=str(n))
            published(storage, site="shop", thread=str(n))
        for site in ("blog", "shop"):
            deliver(site, "")
        until(lambda: len(receiver.requests) == 20)
        assert "retried" not in storage.deliveries.figures("blog").results, (
            "no job, and nobody else, waits for the dead"
        )
        given_up.set()
        until(lambda: dict(storage.deliveries.figures("blog").results).get("retried", 0) >= dead.connections >= 30)
        assert dead.connections <= 30 * PARALLEL_SENDERS, "the dead are left alone after a failure"
        d.senders.close()

"""Store deliveries: order, pauses, finishing once, and the log."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comments.errors import NotFound
from comments.lifecycle import Status
from comments.settings import Settings
from comments.storage.deliveries import DELIVERIES_KEPT, Delivery, DeliveryAttempt, DeliveryFigures, DeliveryStatus
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from tests.support.deliveries import claimed, finish
from tests.support.wait import wait_until

A_SECOND_AGO = timedelta(seconds=1)


def a_delivery(comment: str = "one", version: int = 1, webhook: str = "hook", **changes: Any) -> Delivery:
    now = datetime.now(UTC).replace(microsecond=0) - A_SECOND_AGO
    return replace(Delivery(webhook, comment, version, Status.APPROVED, "example.com", now, now), **changes)


def put(storage: Storage, *deliveries: Delivery) -> None:
    for delivery in deliveries:
        storage.deliveries.enqueue("blog", delivery.webhook, [delivery])


def took(storage: Storage, webhook: str = "hook") -> str:
    """Claim a delivery and return it. It is due again at once, as after its lease."""
    delivery = claimed(storage, webhook, 0)
    return delivery.event if delivery else ""


def delivered(delivery: Delivery) -> Delivery:
    return replace(delivery, state=DeliveryStatus.DELIVERED, attempts=delivery.attempts + 1, answer=200)


def later(delivery: Delivery, seconds: float = 60) -> Delivery:
    return replace(delivery, attempts=delivery.attempts + 1, due=datetime.now(UTC) + timedelta(seconds=seconds))


def test_a_delivery_reads_back(storage: Storage) -> None:
    delivery = a_delivery(attempts=2, error="timeout", ms=5000, answer=503)
    put(storage, delivery)
    assert claimed(storage, "hook", 60) == delivery
    assert storage.deliveries.get("blog", delivery.id) == delivery


def test_one_delivery_about_a_comment_is_claimed_at_a_time(storage: Storage) -> None:
    put(storage, a_delivery("one"), a_delivery("one", 2), a_delivery("two"), a_delivery("one", webhook="other"))
    out = [claimed(storage, "hook", 60) for _ in range(3)]
    assert sorted(d.event if d else "" for d in out) == ["", "one:1", "two:1"]
    assert storage.deliveries.due("blog", ["hook", "other"]) == ["other"]
    assert claimed(storage, "other", 60)


def test_a_paused_webhook_is_probed_by_one_sender_at_a_time(
    aging: tuple[Storage, Callable[[float], None]],
) -> None:
    storage, pass_by = aging
    put(storage, *(first := [a_delivery(str(n)) for n in range(4)]))
    finish(storage, first[0], later(first[0]), healthy=False)
    pass_by(5)
    asking = claimed(storage, "hook", 60)
    assert asking
    assert claimed(storage, "hook", 60) is None
    finish(storage, asking, delivered(asking), healthy=True)
    assert claimed(storage, "hook", 60)
    assert claimed(storage, "hook", 60)


def test_failures_at_the_same_time_count_once(aging: tuple[Storage, Callable[[float], None]]) -> None:
    storage, pass_by = aging
    put(storage, *(a_delivery(str(n)) for n in range(4)))
    for delivery in [claimed(storage, "hook", 60) for _ in range(4)]:
        assert delivery
        finish(storage, delivery, later(delivery, -1), healthy=False)
    pass_by(5)
    assert storage.deliveries.due("blog", ["hook"]) == ["hook"]


def test_deliveries_of_a_killed_worker_are_due_again_after_the_lease(storage: Storage) -> None:
    put(storage, a_delivery())
    assert claimed(storage, "hook", 0.01)
    wait_until(lambda: took(storage) == "one:1")


def test_nothing_is_due_before_its_time(storage: Storage) -> None:
    put(storage, delivery := a_delivery())
    finish(storage, delivery, later(delivery))
    assert storage.deliveries.due("blog", ["hook"]) == []
    assert claimed(storage, "hook", 60) is None


def test_nothing_is_due_without_webhooks(storage: Storage) -> None:
    assert storage.deliveries.due("blog", []) == []
    assert claimed(storage, "hook", 60) is None


def test_versions_of_a_comment_are_sent_in_order(storage: Storage) -> None:
    versions = [a_delivery(version=n) for n in (10, 2, 9)]
    put(storage, *versions)
    log_rows = []
    while (delivery := claimed(storage, "hook", 60)) is not None:
        log_rows.append(delivery.version)
        assert finish(storage, delivery, delivered(delivery), healthy=True)
    assert log_rows == [2, 9, 10]


def test_a_later_version_waits_until_the_earlier_one_is_finished(storage: Storage) -> None:
    first, second = a_delivery(version=1), a_delivery(version=2)
    put(storage, first, second, a_delivery("two"))
    finish(storage, first, again := later(first))
    assert took(storage) == "two:1"
    put(storage, a_delivery(version=3))
    assert took(storage) == "two:1"
    finish(storage, again, replace(again, state=DeliveryStatus.FAILED))
    finish(storage, a_delivery("two"), delivered(a_delivery("two")))
    assert took(storage) == "one:2"


def test_enqueueing_again_changes_nothing(storage: Storage) -> None:
    delivery = a_delivery()
    put(storage, delivery)
    finish(storage, delivery, after := delivered(delivery))
    put(storage, replace(delivery, began=datetime.now(UTC)))
    assert storage.deliveries.get("blog", delivery.id) == after
    assert took(storage) == ""
    assert storage.deliveries.figures("blog").pending == 0


def test_the_second_process_that_finishes_a_delivery_changes_nothing(storage: Storage) -> None:
    delivery = a_delivery()
    put(storage, delivery)
    assert finish(storage, delivery, delivered(delivery), healthy=True)
    assert not finish(storage, delivery, later(delivery), healthy=False)
    assert not finish(storage, a_delivery("nothing"), a_delivery("nothing"))
    assert storage.deliveries.figures("blog").results == {"delivered": 1}


def test_only_a_failing_webhook_is_paused(storage: Storage) -> None:
    bad = a_delivery("one")
    put(storage, bad, a_delivery("two"), a_delivery("one", webhook="other"))
    finish(storage, bad, later(bad), healthy=False)
    assert took(storage) == ""
    assert took(storage, "other") == "one:1"


def test_a_failure_that_is_not_the_receivers_does_not_pause_it(storage: Storage) -> None:
    old = a_delivery("one")
    put(storage, old, a_delivery("two"))
    finish(storage, old, replace(old, state=DeliveryStatus.FAILED), healthy=None)
    assert took(storage) == "two:1"


def test_a_finished_delivery_can_be_sent_again(storage: Storage) -> None:
    delivery = a_delivery()
    put(storage, delivery)
    finish(storage, delivery, over := replace(delivery, state=DeliveryStatus.FAILED, attempts=9))
    fresh = a_delivery(began=datetime.now(UTC).replace(microsecond=0))
    assert finish(storage, over, fresh)
    assert claimed(storage, "hook", 60) == fresh
    assert storage.deliveries.recent("blog", 10) == [fresh]


def test_sending_again_ends_a_pause(storage: Storage) -> None:
    delivery = a_delivery()
    put(storage, delivery)
    finish(storage, delivery, waiting := later(delivery), healthy=False)
    assert finish(storage, waiting, a_delivery())
    assert took(storage) == "one:1"


def test_the_log_has_pending_and_finished_deliveries(storage: Storage) -> None:
    events = [a_delivery(str(n)) for n in range(6)]
    put(storage, *events)
    for delivery in events[:4]:
        finish(storage, delivery, delivered(delivery))
    log = storage.deliveries.recent("blog", 10)
    assert {d.comment for d in log[:2]} == {"4", "5"}
    assert {(d.comment, d.state) for d in log[2:]} == {(str(n), DeliveryStatus.DELIVERED) for n in range(4)}
    assert len(storage.deliveries.recent("blog", 4)) == 4
    assert storage.deliveries.recent("shop", 4) == []


def test_the_log_keeps_the_last_200_finished_and_all_pending_deliveries(storage: Storage) -> None:
    put(storage, a_delivery("waiting"))
    for n in range(205):
        put(storage, delivery := a_delivery(f"c{n}"))
        finish(storage, delivery, delivered(delivery))
    log = storage.deliveries.recent("blog", 300)
    assert len(log) == 201
    assert log[0].comment == "waiting"
    with pytest.raises(NotFound):
        storage.deliveries.get("blog", a_delivery("nothing").id)
    assert storage.deliveries.figures("blog").results == {"delivered": 205}


def test_deliveries_that_left_the_log_are_deleted(storage: Storage, valkey_settings: Settings) -> None:
    put(storage, a_delivery("waiting"))
    sent = [a_delivery(f"c{n}") for n in range(DELIVERIES_KEPT + 5)]
    for delivery in sent:
        put(storage, delivery)
        finish(storage, delivery, delivered(delivery))
    for delivery in sent[:5]:
        with pytest.raises(NotFound):
            storage.deliveries.get("blog", delivery.id)
    assert storage.deliveries.get("blog", sent[5].id) == delivered(sent[5])
    client, keys = connect(valkey_settings), Keys(valkey_settings.prefix)
    assert client.hlen(keys.deliveries("blog")) == DELIVERIES_KEPT + 1
    assert client.zcard(keys.deliveries_finished("blog")) == DELIVERIES_KEPT


def test_the_log_keeps_the_order_in_which_deliveries_were_finished_together(storage: Storage) -> None:
    put(storage, *(sent := [a_delivery(f"c{n}") for n in range(DELIVERIES_KEPT + 5)]))
    together = [DeliveryAttempt(delivery, delivered(delivery)) for delivery in sent]
    for start in range(0, len(together), 41):
        assert all(storage.deliveries.finish("blog", together[start : start + 41]))
    assert storage.deliveries.recent("blog", 300) == [delivered(delivery) for delivery in reversed(sent[5:])]


def test_the_log_drops_the_oldest_deliveries_after_the_clock_was_set_back(
    storage: Storage, valkey_settings: Settings
) -> None:
    put(storage, *(sent := [a_delivery(f"c{n}") for n in range(DELIVERIES_KEPT + 2)]))
    attempts = [DeliveryAttempt(delivery, delivered(delivery)) for delivery in sent]
    storage.deliveries.finish("blog", attempts[:-2])
    client, log = connect(valkey_settings), Keys(valkey_settings.prefix).deliveries_finished("blog")
    for delivery, ms in client.zrange(log, 0, -1, withscores=True):
        client.zadd(log, {delivery: ms + 3_600_000})
    storage.deliveries.finish("blog", attempts[-2:])
    assert storage.deliveries.recent("blog", 300) == [delivered(delivery) for delivery in reversed(sent[2:])]


def test_forgetting_deletes_pending_deliveries_of_one_webhook(storage: Storage) -> None:
    bad = a_delivery("one")
    put(storage, bad, a_delivery("one", 2), a_delivery("two"), a_delivery("one", webhook="other"))
    finish(storage, bad, later(bad), healthy=False)
    storage.deliveries.forget("blog", "hook")
    assert storage.deliveries.due("blog", ["hook", "other"]) == ["other"]
    assert [d.webhook for d in storage.deliveries.recent("blog", 10)] == ["other"]
    assert storage.deliveries.figures("blog").pending == 1


def test_deliveries_are_counted_by_result(storage: Storage) -> None:
    one, two, three = (a_delivery(str(n)) for n in range(3))
    put(storage, one, two, three)
    finish(storage, one, delivered(one), healthy=True)
    finish(storage, two, later(two), healthy=False)
    finish(storage, three, replace(three, state=DeliveryStatus.FAILED))
    posted = storage.deliveries.figures("blog")
    assert (posted.pending, posted.results) == (1, {"delivered": 1, "retried": 1, "failed": 1})


@pytest.mark.parametrize("failures", [1, 2, 3, 4])
def test_pauses_grow_with_each_failure_in_a_row(failures: int, aging: tuple[Storage, Callable[[float], None]]) -> None:
    storage, pass_by = aging
    delivery = a_delivery()
    put(storage, delivery)
    for n in range(failures):
        finish(storage, delivery, after := later(delivery, -n), healthy=False)
        delivery = after
        rest = (5, 30, 120, 120)[n]
        pass_by(rest - 1)
        assert took(storage) == ""
        pass_by(1)
        assert took(storage) == "one:1"


def ids(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.event for delivery in deliveries]


def test_several_deliveries_are_claimed_about_different_comments(storage: Storage) -> None:
    put(storage, a_delivery("one"), a_delivery("one", 2), a_delivery("two"), a_delivery("six"))
    claims = [storage.deliveries.claim("blog", "hook", 60, n) for n in (2, 10, 10)]
    assert [len(found) for found in claims] == [2, 1, 0]
    assert sorted(event for found in claims for event in ids(found)) == ["one:1", "six:1", "two:1"]


def test_a_paused_receiver_gets_one_delivery_of_many(storage: Storage) -> None:
    put(storage, *(a_delivery(str(n)) for n in range(4)))
    first = storage.deliveries.claim("blog", "hook", 60)[0]
    finish(storage, first, later(first), healthy=False)
    wait_until(lambda: bool(storage.deliveries.due("blog", ["hook"])), seconds=30)
    assert len(storage.deliveries.claim("blog", "hook", 60, 10)) == 1
    assert storage.deliveries.claim("blog", "hook", 60, 10) == []


def test_released_deliveries_are_due_again(storage: Storage) -> None:
    put(storage, a_delivery("one"), a_delivery("two"))
    found = storage.deliveries.claim("blog", "hook", 60, 2)
    storage.deliveries.release("blog", found[1:])
    storage.deliveries.release("blog", [a_delivery("nothing")])
    storage.deliveries.release("blog", [])
    assert storage.deliveries.claim("blog", "hook", 60, 10) == found[1:]


def test_attempts_are_finished_together_as_one_by_one(storage: Storage) -> None:
    put(storage, a_delivery("one"), a_delivery("one", 2), a_delivery("two"), a_delivery("six"), a_delivery("ten"))
    one, two, six, ten = sorted(storage.deliveries.claim("blog", "hook", 60, 10), key=lambda found: found.comment)
    changed = replace(two, ms=7)
    attempts = [
        DeliveryAttempt(one, delivered(one), True),
        DeliveryAttempt(changed, delivered(changed), True),
        DeliveryAttempt(six, replace(six, state=DeliveryStatus.DROPPED)),
        DeliveryAttempt(ten, later(ten), False),
    ]
    assert storage.deliveries.finish("blog", attempts) == [True, False, True, True]
    assert storage.deliveries.finish("blog", attempts) == [False] * 4
    assert storage.deliveries.finish("blog", []) == []
    assert storage.deliveries.get("blog", two.id) == two
    assert storage.deliveries.figures("blog") == DeliveryFigures(3, {"delivered": 1, "dropped": 1, "retried": 1}, {})
    assert storage.deliveries.due("blog", ["hook"]) == [], "the failure pauses the receiver"
    wait_until(lambda: bool(storage.deliveries.due("blog", ["hook"])), seconds=30)
    assert ids(storage.deliveries.claim("blog", "hook", 60, 10)) == ["one:2"], "the next version of a finished one"

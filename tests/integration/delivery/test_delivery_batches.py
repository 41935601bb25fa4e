"""A sender claims and records several deliveries together, over one connection."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from comments.model import Comment
from comments.site import Site
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.interfaces import Storage
from tests.support.builders import NOW, published
from tests.support.deliveries import a_webhook, delivery_deps, is_idle, received_ids
from tests.support.receiver import Receiver
from workers.delivery.deps import DeliveryDeps
from workers.delivery.http_session import HTTPSession
from workers.delivery.outbox import queue_events, receiver_named, send_to
from workers.delivery.retry_policy import Attempted, after_attempt
from workers.delivery.retry_policy import Receiver as ReceiverOfEvents
from workers.delivery.webhooks import WEBHOOK_BATCH
from workers.deps import Deps

COMMENTS = 2 * WEBHOOK_BATCH


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(keeps_connections=True) as listening:
        yield listening


@pytest.fixture
def queued(storage: Storage, receiver: Receiver) -> Deps:
    """Publish comments and queue their events."""
    d = delivery_deps(storage, a_webhook(receiver))
    for _ in range(COMMENTS):
        published(storage)
    queue_events(d, storage.sites.get("blog"))
    return d


class Sizes:
    """Attempts the deliveries of each batch, and keeps its size. Calls `stop` before the third of a batch."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.attempted: list[str] = []

    def find(self, *_: object) -> ReceiverOfEvents:
        return ReceiverOfEvents("hook", 60.0, self._attempt_all, WEBHOOK_BATCH)

    def stop(self) -> None:
        raise ArithmeticError

    def _attempt_all(self, _: HTTPSession, pairs: Sequence[tuple[Delivery, Comment]]) -> Iterator[Attempted]:
        self.batches.append(len(pairs))
        for n, (delivery, _comment) in enumerate(pairs):
            if n == 2:
                self.stop()
            self.attempted.append(delivery.event)
            yield after_attempt(replace(delivery, answer=200), NOW), True


def test_all_events_go_over_one_connection(queued: Deps, storage: Storage, receiver: Receiver) -> None:
    send_to(queued, "blog", "hook")
    assert is_idle(storage)
    assert len(set(received_ids(receiver))) == len(receiver.requests) == COMMENTS
    assert receiver.connections == 1


def test_an_error_in_a_batch_repeats_no_delivery_before_it(queued: Deps, storage: Storage) -> None:
    sizes = Sizes()
    with pytest.raises(ArithmeticError):
        send_to(queued, "blog", "hook", sizes.find)
    assert sizes.batches[0] == 1 < sizes.batches[-1]
    sent = [found.event for found in storage.deliveries.recent("blog", 99) if found.state is DeliveryStatus.DELIVERED]
    assert sorted(sent) == sorted(sizes.attempted)
    assert len(sent) >= 3


def test_the_rest_of_a_batch_is_due_at_once_when_the_process_ends(queued: Deps, storage: Storage) -> None:
    class Ending(Sizes):
        def stop(self) -> None:
            queued.senders.closing = True

    sizes = Ending()
    send_to(queued, "blog", "hook", sizes.find)
    assert len(storage.deliveries.claim("blog", "hook", 60, COMMENTS)) == COMMENTS - len(sizes.attempted) > 0


def test_a_webhook_that_is_switched_off_gets_no_further_batch(queued: Deps, storage: Storage) -> None:
    class SwitchedOff(Sizes):
        def find(self, d: DeliveryDeps, site: Site, id: str) -> ReceiverOfEvents | None:
            return super().find() if receiver_named(d, site, id) else None

        def stop(self) -> None:
            site = storage.sites.get("blog")
            off = tuple(replace(webhook, enabled=False) for webhook in site.webhooks)
            storage.sites.put(replace(site, webhooks=off))

    sizes = SwitchedOff()
    send_to(queued, "blog", "hook", sizes.find)
    assert sizes.batches[-1] >= 3
    assert len(storage.deliveries.claim("blog", "hook", 60, COMMENTS)) == COMMENTS - len(sizes.attempted) > 0

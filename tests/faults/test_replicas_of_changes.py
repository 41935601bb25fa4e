"""With REPLYGATE_WAIT_REPLICAS, changes are acknowledged, and events are sent, only once replicas have them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from tests.support.author_requests import SITE, change, comment_url, receipt
from tests.support.builders import published
from tests.support.deliveries import a_webhook, delivery_deps, received_ids
from tests.support.public_app import open_public_app
from tests.support.receiver import Receiver
from tests.support.web_app import held, open_web_app
from workers.delivery.outbox import queue_events, send_to

QUEUE = "/v1/sites/blog/review/comments"


@pytest.fixture
def without_replicas(valkey_settings: Settings) -> Storage:
    """Storage that waits for a replica of a server that has none."""
    return open_redis(replace(valkey_settings, wait_replicas=1))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


def test_no_edit_is_acknowledged_without_a_replica_nor_its_repeat(storage: Storage, without_replicas: Storage) -> None:
    alone = open_public_app(without_replicas, SITE)
    comment = held(storage, content="First words.", thread="first-post")
    for _ in range(2):
        assert change(alone, comment).status_code == 503
    assert storage.comments.get("blog", comment.id).content == "Other words."
    assert change(open_public_app(storage, SITE), comment).status_code == 202


def test_no_withdrawal_is_acknowledged_without_a_replica_nor_its_repeat(
    storage: Storage, without_replicas: Storage
) -> None:
    alone, comment = open_public_app(without_replicas, SITE), published(storage)
    for _ in range(2):
        assert alone.client.delete(comment_url(comment), headers=receipt(alone, comment)).status_code == 503
    answer = open_public_app(storage, SITE).client.delete(comment_url(comment), headers=receipt(alone, comment))
    assert answer.status_code == 200


def test_no_decision_is_acknowledged_without_a_replica(storage: Storage, without_replicas: Storage) -> None:
    moderator = open_web_app(without_replicas).signed_in("mo", blog="moderator")
    comment = held(storage)
    body = {"action": "approve", "version": comment.version}
    assert moderator.post_json(f"{QUEUE}/{comment.id}/decisions", body).status_code == 503
    assert moderator.post_json(f"{QUEUE}/{comment.id}/decisions", body).status_code == 409
    many = [{"id": one.id, "version": one.version, "action": "spam"} for one in (held(storage), held(storage))]
    assert moderator.post_json("/v1/sites/blog/review/decisions", {"decisions": many}).status_code == 503


def test_no_event_is_sent_before_a_replica_has_its_decision(
    storage: Storage, without_replicas: Storage, receiver: Receiver
) -> None:
    alone = delivery_deps(without_replicas, a_webhook(receiver))
    published(storage)
    queue_events(alone, storage.sites.get("blog"))
    send_to(alone, "blog", "hook")
    assert receiver.requests == []
    send_to(replace(alone, storage=storage), "blog", "hook")
    assert len(received_ids(receiver)) == 1

"""The primary changes while comments arrive: no acknowledged comment is lost, and all of them are decided."""

import json
import signal
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
import redis

from comments.errors import StorageDown
from comments.lifecycle import Status
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect, open_redis
from comments.storage.redis.client import is_unavailable
from tests.faults.replica_set import NODES, ReplicaSet, replica_set
from tests.support.builders import a_comment, a_site, an_admission, settings
from tests.support.running_service import running_service
from tests.support.wait import wait_until

#: Comments that are acknowledged before the fail-over, and after it.
BEFORE, AFTER = 40, 40


@pytest.fixture
def servers() -> Iterator[ReplicaSet]:
    with tempfile.TemporaryDirectory(prefix="rgf") as directory, replica_set(Path(directory)) as running:
        yield running


@dataclass
class Visitors:
    """Threads that submit comments until they are stopped, and repeat each with its key until it is accepted."""

    url: str
    accepted: list[str] = field(default_factory=list)
    refused: int = 0
    refusals: set[int] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=count)

    def run(self) -> None:
        while not self._stop.is_set():
            n = next(self._numbers)
            body = {"thread": f"post-{n % 7}", "author": "Ada", "email": "ada@example.org", "content": f"Comment {n}."}
            request = urllib.request.Request(f"{self.url}/v1/sites/blog/comments", json.dumps(body).encode())
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", f"comment-{n}")
            while not self._stop.is_set():
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        self.accepted.append(json.load(answer)["id"])
                        break
                except OSError as error:
                    self.refusals.add(getattr(error, "code", 503))
                    self.refused += 1
                    self._stop.wait(0.1)

    def stop(self) -> None:
        self._stop.set()


def opened(chosen: Settings) -> Storage:
    store = open_redis(chosen)
    store.sites.put(a_site(moderation="suspicious", per_minute=0, proof_of_work="off"))
    return store


def is_decided(store: Storage, id: str) -> bool:
    try:
        return store.comments.get("blog", id).status is not Status.QUEUED
    except StorageDown:
        return False


@pytest.mark.parametrize(
    ("change", "replicas"),
    [(ReplicaSet.fail_over, 1), (ReplicaSet.fail_over_at_once, NODES - 1), (ReplicaSet.kill_primary, 1)],
)
def test_no_acknowledged_comment_is_lost_in_a_fail_over(
    servers: ReplicaSet, change: Callable[[ReplicaSet], None], replicas: int
) -> None:
    store = opened(settings(redis_url=servers.url))
    first, parts = servers.primary(), (("work", "judge"), ("sweep",))
    with running_service(servers.url, *parts, again=True, WAIT_REPLICAS=str(replicas)) as url:
        visitors = Visitors(url)
        threads = [threading.Thread(target=visitors.run) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            wait_until(lambda: len(visitors.accepted) >= BEFORE, "comments are accepted")
            change(servers)
            wait_until(lambda: servers.primary() != first, "another server is the primary")
            before = len(visitors.accepted)
            wait_until(lambda: len(visitors.accepted) >= before + AFTER, "comments are accepted again")
        finally:
            visitors.stop()
            for thread in threads:
                thread.join()
        assert visitors.refusals <= {503}
        assert len(set(visitors.accepted)) == len(visitors.accepted)
        for id in visitors.accepted:
            wait_until(lambda id=id: is_decided(store, id), f"{id} is decided")
    print(f"{len(visitors.accepted)} accepted, {visitors.refused} refused")  # noqa: T201 - shown with -rP


def test_a_comment_without_enough_replicas_is_not_acknowledged_and_found_by_the_repeat(servers: ReplicaSet) -> None:
    opened(settings(redis_url=servers.url))
    three = open_redis(settings(redis_url=servers.url, wait_replicas=3))
    one = open_redis(settings(redis_url=servers.url, wait_replicas=1))
    comment, asked = a_comment(), an_admission(key="k")
    with pytest.raises(StorageDown, match="only 2 of 3 replicas"):
        three.comments.accept(comment, asked)
    assert one.comments.accept(comment, asked).repeat


@pytest.mark.parametrize("key", ["k", ""])
def test_a_repeat_is_acknowledged_only_once_replicas_have_the_comment(servers: ReplicaSet, key: str) -> None:
    """The repeat may come on another connection, which wrote nothing that a replica could lack."""
    opened(settings(redis_url=servers.url))
    comment, asked = a_comment(), an_admission(key=key)
    replicas = [node for port, node in servers.nodes.items() if port != servers.primary()]
    for replica in replicas:
        replica.send_signal(signal.SIGSTOP)
    for _ in range(2):
        other = open_redis(settings(redis_url=servers.url, wait_replicas=1))
        with pytest.raises(StorageDown, match="only 0 of 1 replicas"):
            other.comments.accept(comment, asked)
    for replica in replicas:
        replica.send_signal(signal.SIGCONT)
    assert open_redis(settings(redis_url=servers.url, wait_replicas=1)).comments.accept(comment, asked).repeat


def test_a_primary_that_becomes_a_replica_before_the_count_counts_as_unavailable(servers: ReplicaSet) -> None:
    replica = next(port for port in servers.nodes if port != servers.primary())
    with pytest.raises(redis.ResponseError) as error:
        redis.Redis(port=replica).wait(1, 100)
    assert is_unavailable(error.value)


def test_reads_and_writes_go_to_the_primary(servers: ReplicaSet) -> None:
    client = connect(settings(redis_url=servers.url))
    assert client.info("replication")["role"] == "master"
    assert client.info("server")["tcp_port"] == servers.primary()


def test_without_a_sentinel_storage_is_down() -> None:
    store = open_redis(settings(redis_url="redis+sentinel://127.0.0.1:1/comments"))
    with pytest.raises(StorageDown):
        store.comments.get("blog", "x")

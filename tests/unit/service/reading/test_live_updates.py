"""Event streams, with a clock and a store that the tests advance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from comments.errors import StorageDown
from comments.storage.interfaces import Threads
from comments.storage.memory import open_memory
from comments.storage.values import ThreadChanges
from service.reading.live_updates import ThreadEvents, ThreadPosition, events
from service.web.event_streams import (
    END,
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    MAX_STREAM_SECONDS,
    EventBroadcaster,
    EventStream,
    Subscriber,
)
from tests.support.builders import NOW

NEVER = 3600.0


@dataclass
class VersionStore:
    """A thread store that knows one version of every thread, and counts how often it was asked."""

    version: int = 5
    down: bool = False
    queries: list[tuple[str, int]] = field(default_factory=list)

    def versions(self, site: str, threads: Sequence[str]) -> list[int]:
        if self.down:
            raise StorageDown("away")
        return [self.version for _ in threads]

    def changes(self, site: str, thread: str, since: int) -> ThreadChanges:
        self.queries.append((thread, since))
        return ThreadChanges(self.version, True, (f"new-in-{thread}",), ())


@dataclass
class World:
    threads: VersionStore
    broadcaster: EventBroadcaster[ThreadPosition]
    now: float = 0.0
    subscribers: list[Subscriber[ThreadPosition]] = field(default_factory=list)

    def follow(self, thread: str = "a") -> list[bytes]:
        received: list[bytes] = []
        subscriber = Subscriber("blog", ThreadPosition(thread, self.threads.version), received.append)
        assert self.broadcaster.join(subscriber)
        self.subscribers.append(subscriber)
        return received


@pytest.fixture
def world() -> Iterator[World]:
    store = VersionStore()
    threads: Threads = store  # type: ignore[assignment]
    moves = open_memory(lambda: NOW).thread_moves
    made = World(
        store,
        EventBroadcaster(ThreadEvents(threads, moves), max_subscribers=3, poll_seconds=NEVER, clock=lambda: made.now),
    )
    yield made
    for subscriber in made.subscribers:
        made.broadcaster.leave(subscriber)


def test_only_changes_are_sent(world: World) -> None:
    received = world.follow()
    world.broadcaster.poll()
    assert received == []
    world.threads.version = 6
    world.broadcaster.poll()
    world.broadcaster.poll()
    assert received == [b'event: published\ndata: {"ids": ["new-in-a"]}\n\nid: 6\n\n']


def test_streams_of_one_thread_share_one_query(world: World) -> None:
    received = [world.follow(), world.follow(), world.follow("b")]
    world.threads.version = 6
    world.broadcaster.poll()
    assert sorted(world.threads.queries) == [("a", 5), ("b", 5)]
    assert [len(each) for each in received] == [1, 1, 1]


def test_a_comment_line_is_sent_before_proxies_time_out(world: World) -> None:
    received = world.follow()
    for world.now in (HEARTBEAT_SECONDS - 1, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS + 1, 2 * HEARTBEAT_SECONDS):
        world.broadcaster.poll()
    assert received == [HEARTBEAT, HEARTBEAT]


def test_a_stream_ends_after_its_time(world: World) -> None:
    received = world.follow()
    world.now = MAX_STREAM_SECONDS
    world.broadcaster.poll()
    assert received[-1] == END
    world.threads.version = 6
    world.broadcaster.poll()
    assert received[-1] == END


def test_nothing_is_lost_while_storage_is_unavailable(world: World) -> None:
    received = world.follow()
    world.threads.down, world.threads.version = True, 6
    world.broadcaster.poll()
    assert received == []
    world.threads.down = False
    world.broadcaster.poll()
    assert len(received) == 1


def test_the_number_of_streams_is_limited(world: World) -> None:
    for _ in range(3):
        world.follow()
    assert not world.broadcaster.join(Subscriber("blog", ThreadPosition("a", 5), lambda piece: None))
    world.broadcaster.leave(world.subscribers.pop())
    world.follow()


def test_without_a_free_slot_a_stream_ends_after_the_current_events(world: World) -> None:
    changes = ThreadChanges(9, True, ("x",), ())
    for _ in range(3):
        world.follow()
    received: list[bytes] = []
    stream = EventStream(world.broadcaster, "blog", ThreadPosition("a", 9), events(changes))
    stream.open(received.append)
    stream.close()
    assert received == [b"retry: 15000\n" + events(changes), END]
    assert list(stream) == received[:1], "as for a server that cannot keep connections"


def test_a_stream_with_a_slot_continues(world: World) -> None:
    received: list[bytes] = []
    stream = EventStream(world.broadcaster, "blog", ThreadPosition("a", 5), events(ThreadChanges(5)))
    stream.open(received.append)
    world.threads.version = 6
    world.broadcaster.poll()
    stream.close()
    world.threads.version = 7
    world.broadcaster.poll()
    assert received[0] == b"retry: 2000\nid: 5\n\n"
    assert len(received) == 2


def test_events_list_changes_and_end_with_the_version() -> None:
    assert events(ThreadChanges(7, True, ("a", "b"), ("c",))) == (
        b'event: published\ndata: {"ids": ["a", "b"]}\n\nevent: removed\ndata: {"ids": ["c"]}\n\nid: 7\n\n'
    )
    assert events(ThreadChanges(7, False)) == b'event: reset\ndata: {"ids": []}\n\nid: 7\n\n'

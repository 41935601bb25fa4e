"""Server-sent event streams. One thread per kind of stream polls storage once a second for all subscribers.

A subscriber occupies no thread: it is a function that sends the next piece. The server keeps the connection
(`replygate.granian_wsgi`). Polling, unlike a message channel, loses nothing while storage is down, and its cost does
not grow with the number of writes.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Generic, TypeVar

from comments.errors import StorageDown

S = TypeVar("S")

#: Streams of one web process and kind. All kinds together are far fewer than the server's connections
#: (`replygate.web_server`), so that other requests find room.
MAX_SUBSCRIBERS = 1000
#: Of these, streams of one network, of the addresses that one machine can have, and of one provider. A reader beyond
#: the limit gets the changes every 15 s.
MAX_PER_NETWORK = (50, 100, 400)
#: Seconds between two polls, and until a silent stream gets a heartbeat: proxies give up after 30 to 60.
POLL_SECONDS, HEARTBEAT_SECONDS = 1.0, 15.0
#: Seconds after which a stream ends and its client reconnects. This frees what clients that stopped reading occupy.
MAX_STREAM_SECONDS = 600.0
#: Milliseconds until a client reconnects: after its stream ended, and when there were too many streams.
RETRY_MS, RETRY_WITHOUT_STREAM_MS = 2_000, 15_000

END, HEARTBEAT = b"", b":\n\n"

EVENT_STREAM_MEDIA = "text/event-stream"


@dataclass(slots=True, eq=False)
class Subscriber(Generic[S]):
    """`send` sends the next piece of the stream, from any thread and without blocking; END is the last."""

    site: str
    subscription: S  # the subject and the position of the stream
    send: Callable[[bytes], None]
    networks: tuple[str, ...] = ()  # as `client_networks` returns them; () for no limit
    joined: float = 0.0
    last_sent: float = field(default=0.0)

    def send_at(self, piece: bytes, now: float) -> None:
        self.last_sent = now
        self.send(piece)


#: Collects new events for one site's subscribers: pairs of subscriber and the next piece, HEARTBEAT or END.
CollectEvents = Callable[[str, Sequence[Subscriber[S]]], Iterable[tuple[Subscriber[S], bytes]]]


class EventBroadcaster(Generic[S]):
    """Polls for changes and sends them to subscribers. Its thread runs as long as there are any."""

    def __init__(
        self,
        collect: CollectEvents[S],
        max_subscribers: int = MAX_SUBSCRIBERS,
        poll_seconds: float = POLL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._collect, self._max_subscribers = collect, max_subscribers
        self._poll_seconds, self._clock = poll_seconds, clock
        self._lock = threading.Condition()
        self._subscribers: set[Subscriber[S]] = set()
        self._of_networks: Counter[str] = Counter()
        self._running = False

    def join(self, subscriber: Subscriber[S]) -> bool:
        """Add a subscriber; return False if there are too many already, of all or of its networks."""
        with self._lock:
            limits = zip(subscriber.networks, MAX_PER_NETWORK, strict=False)
            if len(self._subscribers) >= self._max_subscribers or any(
                name and self._of_networks[name] >= most for name, most in limits
            ):
                return False
            subscriber.joined = subscriber.last_sent = self._clock()
            self._subscribers.add(subscriber)
            self._of_networks.update(subscriber.networks)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="event-broadcaster", daemon=True).start()
        return True

    def leave(self, subscriber: Subscriber[S]) -> None:
        with self._lock:
            if subscriber in self._subscribers:
                self._subscribers.discard(subscriber)
                self._of_networks -= Counter(subscriber.networks)
            self._lock.notify_all()

    def _run(self) -> None:
        finished = False
        try:
            while self._has_subscribers_after_pause():
                self.poll()
            finished = True
        finally:
            if not finished:
                self._end_all()

    def _has_subscribers_after_pause(self) -> bool:
        with self._lock:
            self._lock.wait_for(lambda: not self._subscribers, self._poll_seconds)
            self._running = bool(self._subscribers)
            return self._running

    def _end_all(self) -> None:
        """End every stream after a fault. The clients reconnect, and a new thread serves them."""
        with self._lock:
            subscribers, self._running = set(self._subscribers), False
        self._end(subscribers)

    def _end(self, subscribers: Iterable[Subscriber[S]]) -> None:
        for subscriber in subscribers:
            self.leave(subscriber)
            subscriber.send(END)

    def poll(self) -> None:
        """Send everything new to every subscriber."""
        with self._lock:
            subscribers = sorted(self._subscribers, key=lambda s: s.site)
        now = self._clock()
        for site, group in groupby(subscribers, key=lambda s: s.site):
            try:
                for subscriber, piece in self._collect(site, list(group)):
                    subscriber.send_at(piece, now)
            except StorageDown:
                continue  # changes are sent once storage is back
        for subscriber in subscribers:
            if now - subscriber.last_sent >= HEARTBEAT_SECONDS:
                subscriber.send_at(HEARTBEAT, now)
        self._end(s for s in subscribers if now - s.joined >= MAX_STREAM_SECONDS)


class EventStream(Generic[S]):
    """Body of an answer that continues for as long as the server can keep the connection.

    A server that cannot do so iterates over it as over any body: the answer then ends after the current events, and
    the client reconnects by itself.
    """

    def __init__(
        self,
        broadcaster: EventBroadcaster[S],
        site: str,
        subscription: S,
        first: bytes,
        networks: tuple[str, ...] = (),
    ) -> None:
        self._broadcaster, self._site, self._subscription, self._first = broadcaster, site, subscription, first
        self._networks = networks
        self._subscriber: Subscriber[S] | None = None

    def __iter__(self) -> Iterator[bytes]:
        yield self._first_piece(RETRY_WITHOUT_STREAM_MS)

    def open(self, send: Callable[[bytes], None]) -> None:
        """Send the first events and all that follow; END at once if there are too many streams."""
        subscriber = Subscriber(self._site, self._subscription, send, self._networks)
        joined = self._broadcaster.join(subscriber)
        self._subscriber = subscriber if joined else None
        send(self._first_piece(RETRY_MS if joined else RETRY_WITHOUT_STREAM_MS))
        if not joined:
            send(END)

    def close(self) -> None:
        if self._subscriber:
            self._broadcaster.leave(self._subscriber)

    def _first_piece(self, retry_ms: int) -> bytes:
        return f"retry: {retry_ms}\n".encode() + self._first

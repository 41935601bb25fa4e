"""Streams: answers that go on, one look a second at whatever those who listen asked about.

A listener costs no thread: it is a function to call with the next piece of a stream. The server that runs us keeps the
connection (`replygate.granian_wsgi`). Looking, rather than listening to a channel, loses nothing when storage is away
for a moment, and costs as much however much is written.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Generic, TypeVar

from comments.errors import StorageDown

Q = TypeVar("Q")

#: Streams of one web process and kind: well below the 1,024 files that it may usually open.
MOST = 500
#: Seconds between two looks, and for a stream to stay silent: proxies give up after 30 to 60.
PAUSE, SILENCE = 1.0, 15.0
#: Seconds after which a stream ends and its reader comes again: what a reader who stopped reading takes is bounded.
LIFETIME = 600.0
#: Milliseconds after which a reader comes again: whose stream ended, and who got none.
RETRY, RETRY_WITHOUT = 2_000, 15_000

END, HEARTBEAT = b"", b":\n\n"

MEDIA = "text/event-stream"


@dataclass(slots=True, eq=False)
class Subscriber(Generic[Q]):
    """`send` takes the next piece of the stream, from any thread and at once; END is the last."""

    site: str
    asked: Q
    send: Callable[[bytes], None]
    since: float = 0.0
    heard: float = field(default=0.0)

    def tell(self, piece: bytes, now: float) -> None:
        self.heard = now
        self.send(piece)


#: Tells each of one site's subscribers what is new to them: gives the piece of the stream, HEARTBEAT, or END.
CollectEvents = Callable[[str, Sequence[Subscriber[Q]]], Iterable[tuple[Subscriber[Q], bytes]]]


class EventBroadcaster(Generic[Q]):
    """Tells subscribers what changed. Its thread lives as long as there are any."""

    def __init__(
        self,
        tell: CollectEvents[Q],
        most: int = MOST,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell, self._most, self._pause, self._clock = tell, most, pause, clock
        self._lock = threading.Condition()
        self._subscribers: set[Subscriber[Q]] = set()
        self._running = False

    def join(self, subscriber: Subscriber[Q]) -> bool:
        """False when there are too many already."""
        with self._lock:
            if len(self._subscribers) >= self._most:
                return False
            subscriber.since = subscriber.heard = self._clock()
            self._subscribers.add(subscriber)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="broadcaster", daemon=True).start()
        return True

    def leave(self, subscriber: Subscriber[Q]) -> None:
        with self._lock:
            self._subscribers.discard(subscriber)
            self._lock.notify_all()

    def _run(self) -> None:
        well = False
        try:
            while self._is_wanted():
                self.look()
            well = True
        finally:
            if not well:
                self._give_up()

    def _is_wanted(self) -> bool:
        """Whether anybody is left after a pause."""
        with self._lock:
            self._lock.wait_for(lambda: not self._subscribers, self._pause)
            self._running = bool(self._subscribers)
            return self._running

    def _give_up(self) -> None:
        """After a fault: whoever followed comes again, and is served by a new thread."""
        with self._lock:
            subscribers, self._subscribers, self._running = self._subscribers, set(), False
        self._end(subscribers)

    def _end(self, subscribers: Iterable[Subscriber[Q]]) -> None:
        for subscriber in subscribers:
            self.leave(subscriber)
            subscriber.send(END)

    def look(self) -> None:
        """CollectEvents everybody what there is to tell."""
        with self._lock:
            subscribers = sorted(self._subscribers, key=lambda f: f.site)
        now = self._clock()
        for site, group in groupby(subscribers, key=lambda f: f.site):
            try:
                for subscriber, piece in self._tell(site, list(group)):
                    subscriber.tell(piece, now)
            except StorageDown:
                continue  # what changed meanwhile is told when storage is back
        for subscriber in subscribers:
            if now - subscriber.heard >= SILENCE:
                subscriber.tell(HEARTBEAT, now)
        self._end(f for f in subscribers if now - f.since >= LIFETIME)


class EventStream(Generic[Q]):
    """The body of an answer that goes on for as long as somebody can keep the connection.

    A server that cannot iterates over it as over any body: it then ends after what is known now, and its reader comes
    again by itself.
    """

    def __init__(self, broadcaster: EventBroadcaster[Q], site: str, asked: Q, now: bytes) -> None:
        self._broadcaster, self._site, self._asked, self._now = broadcaster, site, asked, now
        self._follower: Subscriber[Q] | None = None

    def __iter__(self) -> Iterator[bytes]:
        yield self._first(RETRY_WITHOUT)

    def open(self, send: Callable[[bytes], None]) -> None:
        """Send what there is now, and everything that follows; END at once when there are too many streams."""
        subscriber = Subscriber(self._site, self._asked, send)
        joined = self._broadcaster.join(subscriber)
        self._follower = subscriber if joined else None
        send(self._first(RETRY if joined else RETRY_WITHOUT))
        if not joined:
            send(END)

    def close(self) -> None:
        if self._follower:
            self._broadcaster.leave(self._follower)

    def _first(self, retry: int) -> bytes:
        return f"retry: {retry}\n".encode() + self._now

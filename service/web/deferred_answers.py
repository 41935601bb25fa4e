"""Answers that come later: a request waits for a judge, and no request thread waits with it.

One thread of the web process listens for decisions while requests wait. The server (`replygate.granian_wsgi`) keeps the
connection. When the record is decided, or the time is up, the server runs the application again with the key
`RESUME_KEY` in the environment, and the request gets its answer from there, through the same middleware as any other.
A server that cannot do so lets the request wait in its thread, half of the threads at most.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, Response, current_app, request

from comments.errors import StorageDown
from comments.storage.checks import Announcements, NextAnnounced

_EXTENSION = "replygate.deferred_answers"
#: Keys in `environ`: the server can defer answers; the answer of this one is deferred; the function that makes it; the
#: time at which the request began.
CAN_DEFER_KEY, DEFERRED_KEY, RESUME_KEY, BEGAN_KEY = (
    "replygate.can_defer", "replygate.deferred", "replygate.resume", "replygate.began",
)  # fmt: skip
#: Requests of one process that wait at once. More get their answer without the decision.
MAX_WAITING = 1_000
#: Longest wait between two looks at the clock, and seconds between two looks at all records that requests wait for:
#: an announcement can be lost.
TICK_SECONDS, LOOK_SECONDS = 0.1, 1.0
#: Seconds for which the process listens on when nothing waits, so that the next request need not subscribe first.
LINGER_SECONDS = 30.0
#: Seconds between two attempts while storage is down.
_PAUSE = 0.2

#: Makes the answer of a request, or raises what a view may raise. It gets False if the request could not wait,
#: because too many others do.
Finish = Callable[[bool], Response]


@dataclass(eq=False)
class WaitingAnswer:
    """A request that waits until the record `id` is decided."""

    id: str
    until: float  # by the monotonic clock
    is_decided: Callable[[], bool]
    finish: Finish
    _over: threading.Event = field(default_factory=threading.Event)
    _callbacks: list[Callable[[], object]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self) -> None:
        with self._lock:
            callbacks = [] if self._over.is_set() else [*self._callbacks]
            self._over.set()
        for call in callbacks:
            call()

    def when_over(self, call: Callable[[], object]) -> None:
        """Call `call` once the wait is over, from any thread; at once if it is."""
        with self._lock:
            is_over = self._over.is_set()
            self._callbacks.append(call)
        if is_over:
            call()

    def wait(self) -> None:
        self._over.wait(max(0.0, self.until - time.monotonic()))


@dataclass(frozen=True)
class DeferredAnswer:
    """Body of a response that the server replaces: it waits, and then asks the application again."""

    waiting: WaitingAnswer
    leave: Callable[[WaitingAnswer], None]

    def __iter__(self) -> Iterator[bytes]:
        """Never called: only a server that set CAN_DEFER_KEY gets this body."""
        return iter(())


class DeferredAnswers:
    """The requests of a web process that wait for decisions."""

    def __init__(self, announcements: Announcements, threads: int) -> None:
        self._announcements = announcements
        self._lock = threading.Condition()
        self._waiting: dict[str, set[WaitingAnswer]] = {}
        self._n = 0
        self._is_running = False
        self._in_threads = threading.BoundedSemaphore(threads // 2)

    def init_app(self, app: Flask) -> None:
        app.extensions[_EXTENSION] = self
        app.before_request(_resumed)

    def join(self, waiting: WaitingAnswer) -> bool:
        """Add a waiting request; return False if there are too many."""
        with self._lock:
            if self._n >= MAX_WAITING:
                return False
            self._n += 1
            self._waiting.setdefault(waiting.id, set()).add(waiting)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="deferred-answers", daemon=True).start()
            self._lock.notify_all()
        return True

    def leave(self, waiting: WaitingAnswer) -> None:
        with self._lock:
            of_record = self._waiting.get(waiting.id, set())
            if waiting in of_record:
                of_record.discard(waiting)
                self._n -= 1
            if not of_record:
                self._waiting.pop(waiting.id, None)

    def end_all(self) -> None:
        """Let every request get its answer now, for example because the process stops."""
        self._end(self._all())

    def wait_in_thread(self, waiting: WaitingAnswer) -> bool:
        """Wait in this thread; return False at once if too many requests do so."""
        if not self._in_threads.acquire(blocking=False):
            return False
        try:
            waiting.wait()
        finally:
            self._in_threads.release()
        return True

    def _all(self) -> list[WaitingAnswer]:
        with self._lock:
            return [waiting for of_record in self._waiting.values() for waiting in of_record]

    def _end(self, over: list[WaitingAnswer]) -> None:
        for waiting in over:
            self.leave(waiting)
            waiting.end()

    def _run(self) -> None:
        finished = False
        try:
            while self._is_needed():
                self._listen()
            finished = True
        finally:
            if not finished:  # after a fault requests get their answers, and the next one starts a new thread
                with self._lock:
                    self._is_running = False
                self.end_all()

    def _is_needed(self) -> bool:
        with self._lock:
            self._is_running = bool(self._waiting)
            return self._is_running

    def _listen(self) -> None:
        try:
            with self._announcements.listen() as next_decided:
                self._look()  # at what was decided before the subscription
                self._serve(next_decided)
        except StorageDown:
            time.sleep(_PAUSE)
        self._end_late()

    def _serve(self, next_decided: NextAnnounced) -> None:
        """End the wait of requests whose record is decided, until there were none for LINGER_SECONDS."""
        looked = quiet_since = time.monotonic()
        while True:
            decided = next_decided(TICK_SECONDS)
            with self._lock:
                over = [waiting for id in decided for waiting in self._waiting.get(id, ())]
            self._end(over)
            self._end_late()
            now = time.monotonic()
            if self._waiting:
                quiet_since = now
                if now - looked >= LOOK_SECONDS:
                    looked = now
                    self._look()
            elif now - quiet_since >= LINGER_SECONDS:
                return

    def _end_late(self) -> None:
        now = time.monotonic()
        self._end([waiting for waiting in self._all() if waiting.until <= now])

    def _look(self) -> None:
        self._end([waiting for waiting in self._all() if waiting.is_decided()])


def wait_until(id: str, seconds: float, is_decided: Callable[[], bool], finish: Finish) -> Response:
    """Return what `finish` makes once the record `id` is decided, or after `seconds`, without holding a thread.

    `is_decided` reads the record from storage, in any thread. `finish` runs in a request thread. Both must not use the
    context of this request.
    """
    answers = cast(DeferredAnswers, current_app.extensions[_EXTENSION])
    waiting = WaitingAnswer(id, time.monotonic() + seconds, is_decided, finish)
    if seconds <= 0 or not answers.join(waiting):
        return finish(False)
    is_deferred = False
    try:
        if _is_decided_now(is_decided):  # before this request had joined
            return finish(True)
        if request.environ.get(CAN_DEFER_KEY):
            is_deferred = request.environ[DEFERRED_KEY] = True
            return Response(DeferredAnswer(waiting, answers.leave), direct_passthrough=True)
        return finish(answers.wait_in_thread(waiting))
    finally:
        if not is_deferred:
            answers.leave(waiting)


def _is_decided_now(is_decided: Callable[[], bool]) -> bool:
    try:
        return is_decided()
    except StorageDown:
        return False  # it may answer again in time


def _resumed() -> Response | None:
    """Answer a request that has waited. Its view is not called again."""
    finish: Finish | None = request.environ.get(RESUME_KEY)
    return finish(True) if finish else None

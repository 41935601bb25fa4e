"""Run a WSGI application on Granian's asynchronous RSGI interface: a request takes a thread once its body is complete.

Granian's own WSGI mode takes a thread when the headers have arrived, so twenty clients that send their bodies byte by
byte block all threads (measured: 0 of 6 ordinary requests answered; with this adapter 6 of 6, with a hundred such
clients). It also accepts a header `X_Forwarded_For` in place of `X-Forwarded-For`. The adapter costs 0.15 ms a request.
"""

import asyncio
import contextlib
import os
import signal
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from types import FrameType
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from comments.watchdog import INTERVAL
from service.reading.fast_path import CURRENT_KEY, ReadingFastPath
from service.web.deferred_answers import BEGAN_KEY, CAN_DEFER_KEY, RESUME_KEY, DeferredAnswer
from service.web.errors import ErrorForm, Refusal
from service.web.event_streams import EventStream
from service.web.upload_limits import Uploader

from .body_reader import BodyReader, TooManyUploads
from .current_answers import CurrentAnswers
from .draining import DRAIN_SECONDS, Draining
from .early_errors import BUSY, TOO_SLOW, early_answer, unreadable
from .open_connections import Headers, OpenStreams, WaitingRequests
from .wsgi_environ import Scope, environ, unreadable_headers

#: Seconds from the headers of a request to the end of its body. 64 KiB need 55 kbit/s.
BODY_TIMEOUT = 10.0
#: Requests that wait for a thread, for each thread. More get 503: they would wait for seconds.
WAITING_PER_THREAD = 32
#: Seconds between two looks at the connections of a process that is to stop.
DRAIN_INTERVAL = 0.05
#: Health checks have a thread each, so that they answer while all others wait for storage.
HEALTH_PATHS = ("/healthz", "/readyz")
#: Status, headers and body of an answer, or what stands for a body that comes later.
Answer = tuple[int, Headers, bytes | EventStream[Any] | DeferredAnswer]


def answer(app: WSGIApplication, environment: WSGIEnvironment) -> Answer:
    started: list[tuple[int, Headers]] = []

    def start(status: str, headers: Headers, error: Any = None) -> Any:
        started[:] = [(int(status[:3]), headers)]

    start_response: StartResponse = start
    parts = app(environment, start_response)
    if isinstance(parts, EventStream | DeferredAnswer):
        return *started[0], parts
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return *started[0], body


class TooManyWaiting(Exception):
    """Raised if more requests wait for a thread than may."""


#: A request that waits for a thread: the event loop and the future that get its answer, and what makes the answer.
QueuedRequest = tuple[asyncio.AbstractEventLoop, asyncio.Future[Answer], WSGIApplication, WSGIEnvironment]


class RequestThreads:
    """Threads that answer requests, and a bounded queue of requests that wait for one. For one event loop.

    A ThreadPoolExecutor takes 25 µs longer for each request: its futures have locks, and are linked with those of the
    event loop.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._names = [f"{name} {n}" for n in range(threads)]  # of the threads that no request has started yet
        self._free = threads * (1 + WAITING_PER_THREAD)
        self._queue = SimpleQueue[QueuedRequest | None]()
        weakref.finalize(self, self._queue.put, None)

    async def answer(self, app: WSGIApplication, environment: WSGIEnvironment, admitted: bool = False) -> Answer:
        """Raises TooManyWaiting, except for a request that was `admitted` before."""
        if self._free <= 0 and not admitted:
            raise TooManyWaiting
        if self._names:
            Thread(target=_answer_requests, args=(self._queue,), name=self._names.pop(), daemon=True).start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._free -= 1
        try:
            self._queue.put((loop, future, app, environment))
            return await future
        finally:
            self._free += 1


def _answer_requests(queue: SimpleQueue[QueuedRequest | None]) -> None:
    """Answer requests until there is None in the queue, which stays for the other threads."""
    while (request := queue.get()) is not None:
        loop, future, app, environment = request
        try:
            finish = partial(_finish, future, future.set_result, answer(app, environment))
        except BaseException as error:  # it belongs to the request, which waits for it
            finish = partial(_finish, future, future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the event loop is closed, and nobody waits
            loop.call_soon_threadsafe(finish)
        del request, future, app, environment, finish  # a thread that waits keeps nothing of its last request
    queue.put(None)


def _finish(future: asyncio.Future[Answer], give: Callable[[Any], None], value: Any) -> None:
    """Give the request its answer or error, unless it was cancelled because the client has disconnected."""
    if not future.done():
        give(value)


class WSGIAdapter:
    """A WSGI application with Granian's RSGI interface.

    `forms` and `public_path` are for errors that are answered before the application gets the request. `uploader`
    finds the person who may upload a large body.
    """

    def __init__(
        self,
        app: WSGIApplication,
        threads: int,
        max_body: int,
        max_form: int,
        body_timeout: float = BODY_TIMEOUT,
        alive: Callable[[], None] = lambda: None,
        forms: Sequence[ErrorForm] = (),
        public_path: str = "",
        uploader: Callable[[WSGIEnvironment], Uploader | None] = lambda environment: None,
        draining: Draining | None = None,
        reading: ReadingFastPath | None = None,
    ) -> None:
        self._app, self._uploader = app, uploader
        self._bodies = BodyReader(max_body, max_form, body_timeout, self._permit)
        self._permits = ThreadPoolExecutor(1, "upload permit")
        self._alive, self._forms, self._public_path = alive, forms, public_path
        self._threads = RequestThreads(threads, "request")
        self._health = {path: RequestThreads(1, path) for path in HEALTH_PATHS}
        self._streams, self._waiting = OpenStreams(), WaitingRequests()
        self._draining, self._is_draining = draining, False
        self._current = CurrentAnswers(reading) if reading else None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say every few seconds that the loop runs. End all streams at shutdown.

        Granian waits for every response before it stops.

        Its own signal handlers still run: the event loop receives signals through its wake-up socket.
        """

        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._streams.end)
            loop.call_soon_threadsafe(self._waiting.end)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        if self._draining:
            # In place of Granian's handler. That of SIGINT stays, and stops the process at once.
            loop.add_signal_handler(signal.SIGTERM, self._drain, loop, self._draining)

        def tick() -> None:
            self._alive()
            loop.call_later(INTERVAL, tick)

        tick()

    def _drain(self, loop: asyncio.AbstractEventLoop, draining: Draining) -> None:
        """Stop once the clients have closed their connections, or `DRAIN_SECONDS` are over."""
        if self._is_draining:
            return
        self._is_draining = True
        self._streams.end()
        self._waiting.end()
        draining.stop_accepting()
        until = loop.time() + DRAIN_SECONDS

        def stop_if_done() -> None:
            if loop.time() < until and draining.has_connections():
                loop.call_later(DRAIN_INTERVAL, stop_if_done)
            else:
                os.kill(os.getpid(), signal.SIGINT)

        stop_if_done()

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        given = scope.headers.items()
        if names := unreadable_headers(scope, given):
            self._refuse(scope, protocol, unreadable(sorted(names)))
            return
        threads = self._health.get(scope.path, self._threads)
        try:
            body = await self._bodies.read(scope, protocol)
            began = perf_counter()
            environment = environ(scope, body, given)
            environment[CAN_DEFER_KEY], environment[BEGAN_KEY] = True, began
            if self._current and (current := await self._current.find(environment)):
                environment[CURRENT_KEY] = current
                status, headers, content = answer(self._app, environment)  # it waits for nothing, so it needs no thread
            else:
                status, headers, content = await threads.answer(self._app, environment)
        except TimeoutError:
            self._refuse(scope, protocol, TOO_SLOW)
            return
        except (TooManyWaiting, TooManyUploads):
            self._refuse(scope, protocol, BUSY)
            return
        if isinstance(content, DeferredAnswer):
            is_connected = await self._waiting.wait(protocol, content.waiting)
            content.leave(content.waiting)
            if not is_connected:
                return
            again = {BEGAN_KEY: began, RESUME_KEY: content.waiting.finish}
            environment = environ(scope, body, given) | again
            status, headers, content = await threads.answer(self._app, environment, admitted=True)
        if self._is_draining:
            headers = [*headers, ("connection", "close")]
        if isinstance(content, EventStream):
            await self._streams.run(protocol, status, headers, content)
        elif isinstance(content, bytes):
            protocol.response_bytes(status, headers, content)

    async def _permit(self, scope: Scope) -> Uploader | None:
        environment = environ(scope, b"", scope.headers.items())
        return await asyncio.get_running_loop().run_in_executor(self._permits, self._uploader, environment)

    def _refuse(self, scope: Scope, protocol: Any, refused: Refusal) -> None:
        protocol.response_bytes(*early_answer(refused, scope.path, self._forms, self._public_path))

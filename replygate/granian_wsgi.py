"""Run a WSGI application on Granian's asynchronous RSGI interface: a request takes a thread once its body is complete.

Granian's own WSGI mode takes a thread when the headers have arrived, so twenty clients that send their bodies byte by
byte block all threads (measured: 0 of 6 ordinary requests answered; with this adapter 6 of 6, with a hundred such
clients). It also accepts a header `X_Forwarded_For` in place of `X-Forwarded-For`. The adapter costs 0.15 ms a request.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from types import FrameType
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # the place Granian documents

from comments.watchdog import INTERVAL
from service.web.event_streams import END, EventStream

from .body_reader import is_form, read_body

#: Seconds from the headers of a request to the end of its body. 64 KiB need 55 kbit/s.
BODY_TIMEOUT = 10.0
TOO_SLOW = json.dumps({"type": "about:blank", "title": "Request Timeout", "status": 408}).encode()
PROBLEM = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
#: Requests that wait for a thread, for each thread. More get 503: they would wait for seconds.
WAITING_PER_THREAD = 32
BUSY = json.dumps({"type": "urn:replygate:busy", "title": "Too busy", "status": 503}).encode()
#: Health checks have a thread each, so that they answer while all others wait for storage.
HEALTH_PATHS = ("/healthz", "/readyz")
#: Headers whose loss changes nothing but the record of a comment.
OPTIONAL_HEADERS = {"user-agent", "referer"}

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """Granian's description of a request. `path` is decoded, with U+FFFD for bytes that are not UTF-8."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str

    @property
    def headers(self) -> Any: ...


def as_wsgi(text: str) -> str:
    """Encode text as WSGI requires: one character for each byte."""
    return text.encode().decode("latin-1")


def environ(scope: Scope, body: bytes) -> WSGIEnvironment:
    server, _, port = scope.server.rpartition(":")
    return {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": as_wsgi(scope.path),
        "QUERY_STRING": as_wsgi(scope.query_string),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        # A chunked body has no length header. Without one Werkzeug would truncate it at the limit instead of refusing.
        **({"CONTENT_LENGTH": str(len(body))} if body else {}),
        **_variables(scope.headers.items()),
    }


def _variables(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers under their WSGI names.

    Headers with an underscore are dropped, because they would replace those with a dash. Transfer-Encoding is dropped,
    because the body is complete and has a length.
    """
    variables: dict[str, str] = {}
    for header, value in headers:
        if "_" in header or header == "transfer-encoding":
            continue
        name = header.upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        separator = "; " if name == "HTTP_COOKIE" else ", "
        variables[name] = f"{variables[name]}{separator}{as_wsgi(value)}" if name in variables else as_wsgi(value)
    return variables


def answer(app: WSGIApplication, environment: WSGIEnvironment) -> tuple[int, Headers, bytes | EventStream[Any]]:
    started: list[tuple[int, Headers]] = []

    def start(status: str, headers: Headers, error: Any = None) -> Any:
        started[:] = [(int(status[:3]), headers)]

    start_response: StartResponse = start
    parts = app(environment, start_response)
    if isinstance(parts, EventStream):
        return *started[0], parts
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return *started[0], body


def unreadable_headers(scope: Scope) -> set[str]:
    """Return the names of headers whose values Granian drops, because a byte in them is not ASCII.

    Without them a visitor would be somebody else: the proxy, or a person who is not signed in.
    """
    return set(scope.headers.keys()) - {name for name, _ in scope.headers.items()} - OPTIONAL_HEADERS


def unreadable(names: Iterable[str]) -> bytes:
    """Return the problem details about headers that cannot be read."""
    problems = [{"field": name, "code": "ascii", "message": "must contain ASCII characters only"} for name in names]
    title = "Some headers are not valid"
    return json.dumps({"type": "urn:replygate:invalid", "title": title, "status": 400, "problems": problems}).encode()


class OpenStreams:
    """The event streams of this process. Each holds a connection, but no thread."""

    def __init__(self) -> None:
        self._open: set[asyncio.Queue[bytes]] = set()

    async def run(self, protocol: Any, status: int, headers: Headers, stream: EventStream[Any]) -> None:
        """Send the stream until it ends or the client disconnects."""
        loop, pieces = asyncio.get_running_loop(), asyncio.Queue[bytes]()
        transport = protocol.response_stream(status, headers)
        gone = asyncio.ensure_future(protocol.client_disconnect())
        gone.add_done_callback(lambda _: pieces.put_nowait(END))

        def send(piece: bytes) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        self._open.add(pieces)
        stream.open(send)
        try:
            while piece := await pieces.get():
                await transport.send_bytes(piece)
        except ProtocolClosed:
            pass  # the client disconnected during a write
        finally:
            self._open.discard(pieces)
            stream.close()
            gone.cancel()

    def end(self) -> None:
        for pieces in self._open:
            pieces.put_nowait(END)


class TooManyWaiting(Exception):
    """Raised if more requests wait for a thread than may."""


class RequestThreads:
    """Threads that answer requests, and a bounded queue of requests that wait for one. For one event loop."""

    def __init__(self, threads: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(threads, name)
        self._free = threads * (1 + WAITING_PER_THREAD)

    async def answer(
        self, app: WSGIApplication, environment: WSGIEnvironment
    ) -> tuple[int, Headers, bytes | EventStream[Any]]:
        """Raises TooManyWaiting."""
        if self._free <= 0:
            raise TooManyWaiting
        self._free -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, answer, app, environment)
        finally:
            self._free += 1


class WSGIAdapter:
    """A WSGI application with Granian's RSGI interface."""

    def __init__(
        self,
        app: WSGIApplication,
        threads: int,
        max_body: int,
        max_form: int,
        body_timeout: float = BODY_TIMEOUT,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._app, self._max_body, self._max_form, self._body_timeout = app, max_body, max_form, body_timeout
        self._alive = alive
        self._threads = RequestThreads(threads, "request")
        self._health = {path: RequestThreads(1, path) for path in HEALTH_PATHS}
        self._streams = OpenStreams()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say every few seconds that the loop runs. End all streams at shutdown.

        Granian waits for every response before it stops.

        Its own signal handlers still run: the event loop receives signals through its wake-up socket.
        """

        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._streams.end)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)

        def tick() -> None:
            self._alive()
            loop.call_later(INTERVAL, tick)

        tick()

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        if names := unreadable_headers(scope):
            protocol.response_bytes(400, PROBLEM, unreadable(sorted(names)))
            return
        threads = self._health.get(scope.path, self._threads)
        try:
            longest = self._max_form if is_form(scope) else self._max_body
            body = await read_body(scope, protocol, longest, self._body_timeout)
            status, headers, stream = await threads.answer(self._app, environ(scope, body))
        except TimeoutError:
            protocol.response_bytes(408, PROBLEM, TOO_SLOW)
            return
        except TooManyWaiting:
            protocol.response_bytes(503, [*PROBLEM, ("retry-after", "1")], BUSY)
            return
        if isinstance(stream, EventStream):
            await self._streams.run(protocol, status, headers, stream)
        else:
            protocol.response_bytes(status, headers, stream)

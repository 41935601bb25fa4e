"""Flask behind a server that waits for slow clients: a request takes a thread only once all of it is here.

Granian's own WSGI mode gives a request its thread when the headers are in, so twenty clients that send their bodies
byte by byte hold all threads (measured: 0 of 6 ordinary requests answered; here 6 of 6 beside a hundred of them). It
also lets a header `X_Forwarded_For` stand in for `X-Forwarded-For`. Going through here costs 0.15 ms a request.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from types import FrameType
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # Granian means it to be taken from here

from service.web.event_streams import END, EventStream

#: Seconds for a request's body to arrive once its headers are in. 64 KiB need 55 kbit/s.
PATIENCE = 10.0
TOO_SLOW = json.dumps({"type": "about:blank", "title": "Request Timeout", "status": 408}).encode()
PROBLEM = [("content-type", "application/problem+json"), ("cache-control", "no-store")]

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """What Granian says of a request. `path` is decoded, with U+FFFD for what is not UTF-8."""

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
    """WSGI wants every byte as one character."""
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
        # A chunked body has no length of its own; without one Werkzeug would cut it off at its limit, not refuse it.
        **({"CONTENT_LENGTH": str(len(body))} if body else {}),
        **_variables(scope.headers.items()),
    }


def _variables(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers under their WSGI names. Those with an underscore are dropped: they could pass for ones with a dash.

    So is what tells how the body travelled; it has arrived, and has a length.
    """
    variables: dict[str, str] = {}
    for header, value in headers:
        if "_" in header or header == "transfer-encoding":
            continue
        name = header.upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        between = "; " if name == "HTTP_COOKIE" else ", "
        variables[name] = f"{variables[name]}{between}{as_wsgi(value)}" if name in variables else as_wsgi(value)
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


async def read(scope: Scope, protocol: Any, longest: int, patience: float) -> bytes:
    """The body; of one longer than `longest` bytes no more than is needed for the app to see that it is too long.

    Raises TimeoutError.
    """
    declared = scope.headers.get("content-length")
    if declared is None and "transfer-encoding" not in scope.headers:
        return b""
    if declared is not None and int(declared) > longest:
        return b""  # the app refuses it by its length alone
    parts, size = [], 0
    async with asyncio.timeout(patience):
        async for part in protocol:
            parts.append(part)
            size += len(part)
            if size > longest:
                break
    return b"".join(parts)


class Streams:
    """The streams of this process. Each holds a connection, but none of the threads."""

    def __init__(self) -> None:
        self._open: set[asyncio.Queue[bytes]] = set()

    async def run(self, protocol: Any, status: int, headers: Headers, told: EventStream[Any]) -> None:
        """Until the stream ends or its reader is gone."""
        loop, pieces = asyncio.get_running_loop(), asyncio.Queue[bytes]()
        transport = protocol.response_stream(status, headers)
        gone = asyncio.ensure_future(protocol.client_disconnect())
        gone.add_done_callback(lambda _: pieces.put_nowait(END))

        def send(piece: bytes) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        self._open.add(pieces)
        told.open(send)
        try:
            while piece := await pieces.get():
                await transport.send_bytes(piece)
        except ProtocolClosed:
            pass  # its reader went away while we wrote
        finally:
            self._open.discard(pieces)
            told.close()
            gone.cancel()

    def end(self) -> None:
        for pieces in self._open:
            pieces.put_nowait(END)


class Bridge:
    """A WSGI application as Granian's RSGI interface calls one."""

    def __init__(self, app: WSGIApplication, threads: int, longest: int, patience: float = PATIENCE) -> None:
        self._app, self._longest, self._patience = app, longest, patience
        self._threads = ThreadPoolExecutor(threads, "request")
        self._streams = Streams()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Granian waits for all answers before it stops, and streams do not end by themselves.

        Its own handlers are the loop's, which go on to be called: the loop hears of a signal by its wake-up socket.
        """

        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._streams.end)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        try:
            body = await read(scope, protocol, self._longest, self._patience)
        except TimeoutError:
            protocol.response_bytes(408, PROBLEM, TOO_SLOW)
            return
        loop = asyncio.get_running_loop()
        status, headers, told = await loop.run_in_executor(self._threads, answer, self._app, environ(scope, body))
        if isinstance(told, EventStream):
            await self._streams.run(protocol, status, headers, told)
        else:
            protocol.response_bytes(status, headers, told)

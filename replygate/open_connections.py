"""Connections that wait without a thread: event streams, and requests whose answer comes later."""

import asyncio
from functools import partial
from typing import Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # the place Granian documents

from service.web.deferred_answers import WaitingAnswer
from service.web.event_streams import END, EventStream

Headers = list[tuple[str, str]]


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


class WaitingRequests:
    """The requests of this process that wait for a decision. Each holds a connection, but no thread."""

    def __init__(self) -> None:
        self._waiting: set[WaitingAnswer] = set()

    async def wait(self, protocol: Any, waiting: WaitingAnswer) -> bool:
        """Wait until the request gets its answer; return False if the client disconnects."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        gone = asyncio.ensure_future(protocol.client_disconnect())
        gone.add_done_callback(lambda _: over.set())
        self._waiting.add(waiting)
        waiting.when_over(partial(loop.call_soon_threadsafe, over.set))
        try:
            await over.wait()
            return not gone.done()
        finally:
            self._waiting.discard(waiting)
            gone.cancel()

    def end(self) -> None:
        """Let every request get its answer now."""
        for waiting in list(self._waiting):
            waiting.end()

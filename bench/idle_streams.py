"""Memory and processor time of event streams on which nothing happens."""

import socket
import time
from contextlib import ExitStack
from urllib.parse import quote

from bench.bench_site import SITE, thread
from bench.processor_time import measured_time, memory_bytes
from bench.request_costs import filled_valkey
from bench.servers import web_server

STREAMS, SECONDS, PER_NETWORK = 500, 5.0, 20
EVENTS = f"/v1/sites/{SITE.id}/events?thread={quote(thread(0), safe='')}"


def idle_stream_costs() -> tuple[float, float]:
    """Return bytes of memory of a stream, and microseconds of processor time that it takes in a second."""
    with ExitStack() as parts:
        settings = parts.enter_context(filled_valkey(1))
        server = parts.enter_context(web_server(settings, REPLYGATE_TRUSTED_PROXIES="1"))
        for n in range(40):  # both processes have loaded everything
            parts.enter_context(opened(server.port, n)).close()
        before = memory_bytes(server.pid)
        for n in range(STREAMS):
            parts.enter_context(opened(server.port, n))
        time.sleep(1)
        each = (memory_bytes(server.pid) - before) / STREAMS
        with measured_time(server.pid) as taken:
            time.sleep(SECONDS)
        return each, taken.seconds / SECONDS / STREAMS * 1e6


def opened(port: int, n: int) -> socket.socket:
    """Open a stream from the network of a visitor, and wait for its first bytes."""
    stream = socket.create_connection(("127.0.0.1", port))
    address = f"198.51.{n // PER_NETWORK}.1"
    stream.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n\r\n".encode())
    assert stream.recv(4096).startswith(b"HTTP/1.1 200"), "the stream was refused"
    return stream

"""An HTTP proxy that loses answers, and refuses requests, on demand."""

import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import httpx


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Without a status the connection is closed, `after` the server has done what was asked or before."""

    after: bool = False
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


#: The server does what was asked, and its answer is lost.
LOST_ANSWER = Fault(after=True)
LOST_REQUEST = Fault()


class HttpFaults:
    """Passes requests on to `target`. Each request takes the first of `faults`, as long as there are any."""

    def __init__(self, target: str) -> None:
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []  # method, path and headers
        self._http = httpx.Client(base_url=target, timeout=30)
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                proxy.requests.append((self.command, self.path, dict(self.headers)))
                fault = proxy.faults.pop(0) if proxy.faults else None
                if fault and fault.status:
                    self._answer(fault.status, fault.headers, fault.body)
                elif fault and not fault.after:
                    self._hang_up()
                else:
                    given = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "connection")}
                    answer = proxy._http.request(self.command, self.path, headers=given, content=body)
                    if fault:
                        self._hang_up()
                    else:
                        kept = ("content-type", "retry-after", "replygate-repeat", "location")
                        headers = {n: v for n, v in answer.headers.items() if n in kept}
                        self._answer(answer.status_code, headers, answer.content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def _hang_up(self) -> None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, format: str, *args: object) -> None:
                """Write no log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._http.close()

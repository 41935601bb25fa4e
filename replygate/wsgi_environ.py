"""The environment of a WSGI request, from Granian's description of it."""

import sys
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from typing import Any, Protocol
from wsgiref.types import WSGIEnvironment

#: Headers whose loss changes nothing but the record of a comment.
OPTIONAL_HEADERS = {"user-agent", "referer"}
#: Name and port of the server, and address of the client, of requests through a Unix socket.
LOCAL_SERVER = ("localhost", "80", "127.0.0.1")


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
    return text if text.isascii() else text.encode().decode("latin-1")


def environ(scope: Scope, body: bytes, headers: Iterable[tuple[str, str]]) -> WSGIEnvironment:
    """Return the environment. `headers` are those of the scope: Granian makes new ones whenever it is asked."""
    server, _, port = scope.server.rpartition(":")
    client = scope.client.rpartition(":")[0].strip("[]")
    if not port.isdigit():  # a Unix socket, which a proxy of this machine connects to
        server, port, client = LOCAL_SERVER
    return {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": as_wsgi(scope.path),
        "QUERY_STRING": as_wsgi(scope.query_string),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        # A chunked body has no length header. Without one Werkzeug would truncate it at the limit instead of refusing.
        **({"CONTENT_LENGTH": str(len(body))} if body else {}),
        **_variables(headers),
    }


def _variables(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers under their WSGI names. Those with the name "" are dropped."""
    variables: dict[str, str] = {}
    for header, value in headers:
        name = _variable(header)
        if name in variables:
            separator = "; " if name == "HTTP_COOKIE" else ", "
            variables[name] = f"{variables[name]}{separator}{as_wsgi(value)}"
        elif name:
            variables[name] = as_wsgi(value)
    return variables


@lru_cache(256)
def _variable(header: str) -> str:
    """Return the WSGI name of a header; "" for one that is dropped.

    Headers with an underscore are dropped, because they would replace those with a dash. Transfer-Encoding is dropped,
    because the body is complete and has a length.
    """
    if "_" in header or header == "transfer-encoding":
        return ""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def unreadable_headers(scope: Scope, headers: Iterable[tuple[str, str]]) -> set[str]:
    """Return the names of headers whose values Granian drops, because a byte in them is not ASCII.

    Without them a visitor would be somebody else: the proxy, or a person who is not signed in.
    """
    return set(scope.headers.keys()).difference([name for name, _ in headers]) - OPTIONAL_HEADERS

"""Headers that every answer carries, unless its view knows better."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from comments.settings import Settings

#: Everything comes from us, and nothing is inline; `frame-ancestors` keeps buttons from being clicked blindly.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",  # what may be cached says so in its view
}
#: One year, the least that browsers' preload lists take.
STRICT_TRANSPORT = "max-age=31536000"


class Secured:
    """A WSGI application that adds to every answer of `app` what it does not carry yet."""

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        wanted = ALWAYS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.secure else {})
        self._app = app
        self._headers = [(name.lower(), (name, value)) for name, value in wanted.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            given = {name.lower() for name, _ in headers}
            headers += [header for name, header in self._headers if name not in given]
            return start_response(line, headers, *error)

        return self._app(environ, start)

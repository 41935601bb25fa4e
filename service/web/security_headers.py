"""Security headers of every answer, unless its view sets its own."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from comments.settings import Settings
from comments.site import Site

#: Only our own files, nothing inline. `frame-ancestors` prevents clickjacking.
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

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",  # views of cacheable answers set their own
}


def framed_by(site: Site) -> dict[str, str]:
    """Return the policy of an answer to a plain form, which the pages of the site may show in a frame.

    A form in a frame is answered in that frame. Under the usual policy the visitor would see nothing there.
    """
    ancestors = "frame-ancestors " + (" ".join(site.origins) or "'none'")
    return {"Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", ancestors)}


#: One year, the minimum of browsers' preload lists.
STRICT_TRANSPORT = "max-age=31536000"


class SecurityHeaders:
    """A WSGI application that adds the missing headers to every answer of `app`."""

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        headers = SECURITY_HEADERS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.secure else {})
        self._app = app
        self._headers = [(name.lower(), (name, value)) for name, value in headers.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            given = {name.lower() for name, _ in headers}
            headers += [header for name, header in self._headers if name not in given]
            return start_response(line, headers, *error)

        return self._app(environ, start)

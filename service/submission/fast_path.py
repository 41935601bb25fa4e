"""Accept JSON submissions without Flask.

With Flask a submission takes 1.3 times the processor time of server and Valkey together (`python -m bench.performance`,
median of five sittings on a busy machine). Below 1.3 it would not be worth its lines.

The fast path takes only plain requests for one address and passes every other request to Flask. It calls the same
`Submissions.submit` as the view; errors are answered by the `ErrorBoundary` around it, with Flask's error handlers.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request

from service.web.access_log import set_route_name
from service.web.request_body import JSON, RequestBody, json_object
from service.web.site_access import cors_headers

from .acceptance import Submissions

SUBMISSION_ROUTE = "/v1/sites/<site>/comments"
SUBMISSION_PATH = re.compile(r"/v1/sites/([a-z0-9-]{1,40})/comments")
#: Usual spellings of the content type; Flask handles the others.
CONTENT_TYPES = frozenset({JSON, f"{JSON}; charset=utf-8", f"{JSON};charset=utf-8", f"{JSON};charset=UTF-8"})
#: Headers of a body that has to be decoded first.
ENCODING_HEADERS = ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")


class SubmissionFastPath:
    """A WSGI application in front of Flask's."""

    def __init__(self, app: WSGIApplication, submissions: Submissions) -> None:
        self._app, self._submissions = app, submissions

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_plain = "HTTP_PREFER" not in environ and environ.get("CONTENT_TYPE") in CONTENT_TYPES
        if environ["REQUEST_METHOD"] != "POST" or not is_plain:
            return self._app(environ, start_response)
        path = SUBMISSION_PATH.fullmatch(environ["PATH_INFO"])
        size = self._body_size(environ)
        if path is None or size is None:
            return self._app(environ, start_response)
        raw = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = BytesIO(raw)
        set_route_name(environ, SUBMISSION_ROUTE, path[1])
        request = Request(environ, populate_request=False)
        accepted = self._submissions.submit(request, path[1], lambda: RequestBody(json_object(raw), form=False))
        text, headers = accepted.answer()
        headers["Vary"] = "Origin"
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and origin in accepted.site.origins:
            headers |= cors_headers(origin)
        body = text.encode()
        start_response("202 ACCEPTED", [*headers.items(), ("Content-Type", JSON), ("Content-Length", str(len(body)))])
        return [body]

    def _body_size(self, environ: WSGIEnvironment) -> int | None:
        """Return the bytes of the body, or None for a body that Flask has to check."""
        length = environ.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdigit()) or any(name in environ for name in ENCODING_HEADERS):
            return None
        size = int(length[:20])
        return size if size <= self._submissions.deps.settings.max_body else None

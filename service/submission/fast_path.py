"""The short way for writers: a submission in JSON is kept without the framework, which costs more than all the rest.

Whatever is refused here, or fails, goes the long way with the reason, which is told there.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request

from comments.site import Site
from service.web import site_access
from service.web.access_log import set_route_name
from service.web.cors import cors_headers
from service.web.request_body import JSON, RequestBody, json_object
from service.web.site_cache import SiteCache

from . import parsing, views
from .acceptance import REFUSED, Intake

ROUTE = "/v1/sites/<site>/comments"
ADDRESS = re.compile(r"/v1/sites/([a-z0-9-]{1,40})/comments")
#: How clients write it. All other ways are the long way's.
KINDS = frozenset({JSON, f"{JSON}; charset=utf-8", f"{JSON};charset=utf-8", f"{JSON};charset=UTF-8"})
#: They say that the body is not what it seems.
ENCODED = ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")


class Lane:
    """A WSGI application around Flask's."""

    def __init__(self, app: WSGIApplication, sites: SiteCache, intake: Intake) -> None:
        self._app, self._sites, self._intake = app, sites, intake

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or environ.get("CONTENT_TYPE") not in KINDS:
            return self._app(environ, start_response)
        address = ADDRESS.fullmatch(environ["PATH_INFO"])
        size = self._size(environ)
        if address is None or size < 0:
            return self._app(environ, start_response)
        raw = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = BytesIO(raw)
        try:
            site = self._sites.get(address[1])
            text, headers = self._kept(site, environ, raw)
        except Exception as error:  # whatever it is, the view raises it again, to be answered and logged
            environ[REFUSED] = error
            return self._app(environ, start_response)
        set_route_name(environ, ROUTE, site.id)
        body = text.encode()
        start_response("202 ACCEPTED", [*headers.items(), ("Content-Type", JSON), ("Content-Length", str(len(body)))])
        return [body]

    def _size(self, environ: WSGIEnvironment) -> int:
        """Bytes of the body; -1 for one that the long way has to look at."""
        length = environ.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdigit()) or any(name in environ for name in ENCODED):
            return -1
        size = int(length[:20])
        return size if size <= self._intake.deps.settings.max_body else -1

    def _kept(self, site: Site, environ: WSGIEnvironment, raw: bytes) -> tuple[str, dict[str, str]]:
        """The answer. Raises what the view would."""
        asked = Request(environ, populate_request=False)
        trusted = site_access.may_post(site, asked, self._intake.deps.settings)
        fields = parsing.fields_of(RequestBody(json_object(raw), form=False), site)
        text, headers = views.acceptance(self._intake.accept(asked, site, fields, trusted))
        headers["Vary"] = "Origin"
        origin = environ.get("HTTP_ORIGIN")
        return text, headers | (cors_headers(origin) if origin in site.origins else {})

"""Access log: every request is timed, counted and logged by its route, never by the URL that was sent."""

import logging
from collections.abc import Iterable
from time import perf_counter
from types import TracebackType
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, request

from .request_counters import RequestCounters, RequestLabels
from .site_cache import SITE_ID

log = logging.getLogger(__name__)

ErrorInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]

#: Where a request that never got to Flask is named.
ROUTE = "replygate.route"
#: Anything else is a stranger's invention, and would become a label.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class AccessLogMiddleware:
    """A WSGI application that times, counts and logs every request that `app` answers."""

    def __init__(self, app: WSGIApplication, tally: RequestCounters) -> None:
        self._app, self._tally = app, tally

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()

        def start(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            route, site = _route(environ)  # here, as Flask forgets the request before it returns
            seconds = perf_counter() - began
            answer = RequestLabels(_method(environ), route, int(line[:3]))
            self._tally.add(answer, seconds)
            if log.isEnabledFor(logging.INFO):
                _log(answer, seconds, site)
            return start_response(line, headers, *error)

        return self._app(environ, start)


def set_route_name(environ: WSGIEnvironment, route: str, site: str) -> None:
    """Tell what a request was that never got to Flask."""
    environ[ROUTE] = (route, site)


def log_exceptions_without_urls(app: Flask) -> None:
    """Flask's own words repeat the address as it was sent."""

    def log_exception(exc_info: ErrorInfo) -> None:
        route, _ = _route(request.environ)
        log.error("fault", exc_info=exc_info, extra={"method": _method(request.environ), "route": route})

    app.log_exception = log_exception  # type: ignore[method-assign]


def _log(answer: RequestLabels, seconds: float, site: str) -> None:
    known = {"method": answer.method, "route": answer.route, "status": answer.status, "ms": round(seconds * 1000, 1)}
    log.info("answered", extra={**known, **({"site": site} if SITE_ID.fullmatch(site) else {})})


def _route(environ: WSGIEnvironment) -> tuple[str, str]:
    """The address's template and the site it names. What was sent is never kept as it is: it may be anything."""
    if named := environ.get(ROUTE):
        return cast(tuple[str, str], named)
    asked: Request | None = environ.get("werkzeug.request")
    if asked is None or asked.url_rule is None:
        return "unmatched", ""
    return asked.url_rule.rule, str((asked.view_args or {}).get("site", ""))


def _method(environ: WSGIEnvironment) -> str:
    method: str = environ["REQUEST_METHOD"]
    return method if method in METHODS else "OTHER"

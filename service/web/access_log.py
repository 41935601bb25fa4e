"""Access log: time, count and log every request by its route, never by its URL."""

import logging
from collections.abc import Callable, Iterable
from time import perf_counter
from types import TracebackType
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request
from flask import request as current_request

from .deferred_answers import BEGAN_KEY, DEFERRED_KEY
from .request_counters import RequestCounters, RequestLabels
from .site_cache import SITE_ID

log = logging.getLogger(__name__)

ErrorInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]

#: Key in `environ` for the route of a request that did not reach Flask.
ROUTE_KEY = "replygate.route"
#: Methods with a label of their own. Clients could send any number of others.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class AccessLogMiddleware:
    """A WSGI application that times, counts and logs every request of `app`.

    `on_answer` gets the labels of each one that reached Flask. It may ask storage, for which the others do not wait.
    """

    def __init__(
        self, app: WSGIApplication, counters: RequestCounters, on_answer: Callable[[RequestLabels], None] | None = None
    ) -> None:
        self._app, self._counters, self._on_answer = app, counters, on_answer

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = environ.get(BEGAN_KEY) or perf_counter()

        def start(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if environ.get(DEFERRED_KEY):
                return start_response(line, headers, *error)  # it is logged when the request gets its answer
            route, site = _route(environ)  # now, because Flask discards the request before it returns
            seconds = perf_counter() - began
            labels = RequestLabels(_method(environ), route, int(line[:3]))
            self._counters.add(labels, seconds)
            if self._on_answer and ROUTE_KEY not in environ:
                self._on_answer(labels)
            if log.isEnabledFor(logging.INFO):
                _log(labels, seconds, site)
            return start_response(line, headers, *error)

        return self._app(environ, start)


def set_route_name(environ: WSGIEnvironment, route: str, site: str) -> None:
    """Name the route of a request that does not reach Flask."""
    environ[ROUTE_KEY] = (route, site)


def log_exceptions_without_urls(app: Flask) -> None:
    """Replace Flask's log message, which contains the URL."""

    def log_exception(exc_info: ErrorInfo) -> None:
        route, _ = _route(current_request.environ)
        log.error("fault", exc_info=exc_info, extra={"method": _method(current_request.environ), "route": route})

    app.log_exception = log_exception  # type: ignore[method-assign]


def _log(labels: RequestLabels, seconds: float, site: str) -> None:
    fields = {"method": labels.method, "route": labels.route, "status": labels.status, "ms": round(seconds * 1000, 1)}
    log.info("answered", extra={**fields, **({"site": site} if SITE_ID.fullmatch(site) else {})})


def _route(environ: WSGIEnvironment) -> tuple[str, str]:
    """Return the route template and the site. The URL itself is never logged: it may contain anything."""
    if named := environ.get(ROUTE_KEY):
        return cast(tuple[str, str], named)
    request: Request | None = environ.get("werkzeug.request")
    if request is None or request.url_rule is None:
        return "unmatched", ""
    return request.url_rule.rule, str((request.view_args or {}).get("site", ""))


def _method(environ: WSGIEnvironment) -> str:
    method: str = environ["REQUEST_METHOD"]
    return method if method in METHODS else "OTHER"

"""What machines read about the service: our own access log, and the figures in Prometheus's text format.

Labels are sites, statuses, routes and parts, never people, threads or comments.
"""

import logging
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from time import perf_counter
from types import TracebackType
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, request
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from .condition import Condition, age
from .sites import SITE_ID
from .tally import BOUNDS, Answer, Row, Tally

log = logging.getLogger(__name__)

ErrorInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]

#: Where a request that never got to Flask is named.
ROUTE = "replygate.route"
#: Anything else is a stranger's invention, and would become a label.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Counted:
    """A WSGI application that times, counts and logs every request that `app` answers."""

    def __init__(self, app: WSGIApplication, tally: Tally) -> None:
        self._app, self._tally = app, tally

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()

        def start(line: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            route, site = _route(environ)  # here, as Flask forgets the request before it returns
            seconds = perf_counter() - began
            answer = Answer(_method(environ), route, int(line[:3]))
            self._tally.add(answer, seconds)
            if log.isEnabledFor(logging.INFO):
                _log(answer, seconds, site)
            return start_response(line, headers, *error)

        return self._app(environ, start)


def name_route(environ: WSGIEnvironment, route: str, site: str) -> None:
    """Tell what a request was that never got to Flask."""
    environ[ROUTE] = (route, site)


def log_faults(app: Flask) -> None:
    """Flask's own words repeat the address as it was sent."""

    def log_fault(exc_info: ErrorInfo) -> None:
        route, _ = _route(request.environ)
        log.error("fault", exc_info=exc_info, extra={"method": _method(request.environ), "route": route})

    app.log_exception = log_fault  # type: ignore[method-assign]


def _log(answer: Answer, seconds: float, site: str) -> None:
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


def exposition(condition: Condition, totals: Mapping[Answer, Row]) -> bytes:
    """Everything, in the text format of Prometheus."""
    return generate_latest(_Families([*http(totals), *of(condition)]))


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def http(totals: Mapping[Answer, Row]) -> Iterator[Metric]:
    """Requests answered by all web processes of this machine."""
    requests = HistogramMetricFamily(
        "replygate_http_request_seconds", "Time to answer a request.", labels=["method", "route", "status"]
    )
    for answer, row in sorted(totals.items()):
        buckets = list(zip(map(_bound, (*BOUNDS, math.inf)), accumulate(row.buckets), strict=True))
        requests.add_metric([answer.method, answer.route, str(answer.status)], buckets, row.seconds)
    yield requests


def of(condition: Condition) -> Iterator[Metric]:
    """The condition's figures; only that storage is away, when it is."""
    yield GaugeMetricFamily("replygate_storage_up", "Whether storage answers.", value=not condition.down)
    if condition.down:
        return
    yield from _sites(condition)
    yield from _deliveries(condition)
    yield from _queues(condition)
    alive = GaugeMetricFamily("replygate_parts_alive", "Processes that say they are alive.", labels=["part"])
    for part, names in condition.alive.items():
        alive.add_metric([part], len(names))
    yield alive
    yield GaugeMetricFamily(
        "replygate_redis_memory_bytes", "Memory the storage server uses.", value=condition.server["memory_bytes"]
    )
    yield GaugeMetricFamily(
        "replygate_redis_memory_limit_bytes",
        "Memory the storage server may use; 0 without a limit.",
        value=condition.server["memory_limit_bytes"],
    )


def _sites(condition: Condition) -> Iterator[Metric]:
    accepted = CounterMetricFamily("replygate_accepted", "Comments accepted.", labels=["site"])
    decided = CounterMetricFamily("replygate_decided", "First decisions by the filters.", labels=["site", "outcome"])
    moderated = CounterMetricFamily("replygate_moderated", "Decisions by people.", labels=["site", "status"])
    reports = CounterMetricFamily("replygate_reports", "Reports by readers, each network's once.", labels=["site"])
    attempts = CounterMetricFamily("replygate_attempts", "Times a worker claimed a comment.", labels=["site"])
    queued = GaugeMetricFamily("replygate_queued", "Comments that wait for the filters.", labels=["site"])
    oldest = GaugeMetricFamily(
        "replygate_oldest_queued_seconds", "How long the oldest of them has waited; 0 without any.", labels=["site"]
    )
    waits = HistogramMetricFamily(
        "replygate_decision_seconds", "From accepting a comment to the filters' decision.", labels=["site"]
    )
    for site in condition.sites:
        accepted.add_metric([site.id], site.counters.accepted)
        attempts.add_metric([site.id], site.counters.attempts)
        reports.add_metric([site.id], site.counters.reported)
        queued.add_metric([site.id], site.depth.queued)
        oldest.add_metric([site.id], age(site.depth, condition.at))
        for outcome, n in sorted(site.counters.decided.items()):
            decided.add_metric([site.id, outcome], n)
        for status, n in sorted(site.counters.moderated.items()):
            moderated.add_metric([site.id, status], n)
        buckets = [(_bound(bound), n) for bound, n in sorted(site.counters.wait_seconds.items())]
        waits.add_metric([site.id], buckets, site.counters.wait_sum)
    yield from (accepted, decided, moderated, reports, attempts, queued, oldest, waits)


def _deliveries(condition: Condition) -> Iterator[Metric]:
    deliveries = CounterMetricFamily(
        "replygate_webhook_deliveries", "Attempts to deliver to webhooks, by how they ended.", labels=["site", "result"]
    )
    pending = GaugeMetricFamily("replygate_webhook_pending", "Deliveries on their way, also by mail.", labels=["site"])
    mail = CounterMetricFamily(
        "replygate_mail", "Attempts to send mail about replies, by how they ended.", labels=["site", "result"]
    )
    for site in condition.sites:
        pending.add_metric([site.id], site.posted.pending)
        for result, n in sorted(site.posted.results.items()):
            deliveries.add_metric([site.id, result], n)
        for result, n in sorted(site.posted.mailed.items()):
            mail.add_metric([site.id, result], n)
    yield from (deliveries, pending, mail)


def _bound(seconds: float) -> str:
    return "+Inf" if math.isinf(seconds) else repr(float(seconds))


def _queues(condition: Condition) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("replygate_rq_jobs", "RQ's jobs, which are wake-ups.", labels=["queue", "state"])
    workers = GaugeMetricFamily("replygate_rq_workers", "Workers RQ knows of.", labels=["queue"])
    for queue in condition.queues:
        workers.add_metric([queue.name], queue.workers)
        for state, n in queue.jobs.items():
            jobs.add_metric([queue.name, state], n)
    yield from (jobs, workers)

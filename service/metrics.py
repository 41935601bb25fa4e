"""What machines read about the service: our own access log, and the figures in Prometheus's text format.

Labels are sites, statuses, routes and parts, never people, threads or comments.
"""

import logging
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from time import perf_counter
from types import TracebackType

from flask import Flask, Response, g, request, request_finished, request_started
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from .condition import Condition, age
from .sites import SITE_ID
from .tally import BOUNDS, Answer, Row, Tally

log = logging.getLogger(__name__)

ErrorInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]

#: Anything else is a stranger's invention, and would become a label.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask, tally: Tally) -> None:
    """Time, count and log every request that `app` answers."""

    def started(sender: Flask, **_: object) -> None:
        g.started = perf_counter()

    def finished(sender: Flask, response: Response, **_: object) -> None:
        site = str((request.view_args or {}).get("site", ""))
        note(tally, _answer(response.status_code), perf_counter() - g.started, site)

    request_started.connect(started, app, weak=False)
    request_finished.connect(finished, app, weak=False)
    app.log_exception = _log_fault  # type: ignore[method-assign]  # Flask's own writes the address as it was sent


def note(tally: Tally, answer: Answer, seconds: float, site: str) -> None:
    """Count one answer and write it to the log. `site` as the address named it."""
    tally.add(answer, seconds)
    log.info(
        "answered",
        extra={
            "method": answer.method,
            "route": answer.route,
            "status": answer.status,
            "ms": round(seconds * 1000, 1),
            **({"site": site} if SITE_ID.fullmatch(site) else {}),
        },
    )


def _log_fault(exc_info: ErrorInfo) -> None:
    answer = _answer(500)
    log.error("fault", exc_info=exc_info, extra={"method": answer.method, "route": answer.route})


def _answer(status: int) -> Answer:
    """The present request by its kind. The address as it was sent is never kept: it may hold anything."""
    route = request.url_rule.rule if request.url_rule else "unmatched"
    return Answer(request.method if request.method in METHODS else "OTHER", route, status)


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
    yield from _webhooks(condition)
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
        queued.add_metric([site.id], site.depth.queued)
        oldest.add_metric([site.id], age(site.depth, condition.at))
        for outcome, n in sorted(site.counters.decided.items()):
            decided.add_metric([site.id, outcome], n)
        for status, n in sorted(site.counters.moderated.items()):
            moderated.add_metric([site.id, status], n)
        buckets = [(_bound(bound), n) for bound, n in sorted(site.counters.wait_seconds.items())]
        waits.add_metric([site.id], buckets, site.counters.wait_sum)
    yield from (accepted, decided, moderated, attempts, queued, oldest, waits)


def _webhooks(condition: Condition) -> Iterator[Metric]:
    deliveries = CounterMetricFamily(
        "replygate_webhook_deliveries", "Attempts to deliver to webhooks, by how they ended.", labels=["site", "result"]
    )
    pending = GaugeMetricFamily("replygate_webhook_pending", "Deliveries on their way.", labels=["site"])
    for site in condition.sites:
        pending.add_metric([site.id], site.posted.pending)
        for result, n in sorted(site.posted.results.items()):
            deliveries.add_metric([site.id, result], n)
    yield from (deliveries, pending)


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

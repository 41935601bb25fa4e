"""Metrics in Prometheus's text format.

Labels are sites, statuses, routes and parts, never people, threads or comments.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from service.web.request_counters import BOUNDS, DurationHistogram, RequestLabels

from .health import Condition, age


def exposition(condition: Condition, totals: Mapping[RequestLabels, DurationHistogram]) -> bytes:
    """Everything, in the text format of Prometheus."""
    return generate_latest(_Families([*http(totals), *of(condition)]))


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def http(totals: Mapping[RequestLabels, DurationHistogram]) -> Iterator[Metric]:
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

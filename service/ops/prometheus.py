"""Metrics in the text format of Prometheus.

Labels are sites, statuses, routes, process types and queues, never people, threads or comments.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from comments.storage.pauses import EVERY_SITE
from service.web.request_counters import DURATION_BOUNDS, DurationHistogram, RequestLabels

from .health import SystemHealth
from .site_metrics import SiteMetrics, bound_label, exposition_text


def exposition(
    health: SystemHealth, totals: Mapping[RequestLabels, DurationHistogram], site_metrics: SiteMetrics
) -> bytes:
    """All metrics as text."""
    return exposition_text([*request_metrics(totals), *health_metrics(health)]) + site_metrics.text(health)


def request_metrics(totals: Mapping[RequestLabels, DurationHistogram]) -> Iterator[Metric]:
    """Metrics about requests, of all web processes of this machine."""
    requests = HistogramMetricFamily(
        "replygate_http_request_seconds", "Time to answer a request, in seconds.", labels=["method", "route", "status"]
    )
    for answer, row in sorted(totals.items()):
        buckets = list(zip(map(bound_label, (*DURATION_BOUNDS, math.inf)), accumulate(row.buckets), strict=True))
        requests.add_metric([answer.method, answer.route, str(answer.status)], buckets, row.seconds)
    yield requests


def health_metrics(health: SystemHealth) -> Iterator[Metric]:
    """Metrics about the health; only `replygate_storage_up` if storage does not answer."""
    yield GaugeMetricFamily("replygate_storage_up", "1 if storage answers, 0 if not.", value=not health.down)
    if health.down:
        return
    yield from _notices(health)
    yield from _queues(health)
    alive = GaugeMetricFamily("replygate_parts_alive", "Running processes, by type.", labels=["part"])
    for part, names in health.alive.items():
        alive.add_metric([part], len(names))
    yield alive
    yield GaugeMetricFamily(
        "replygate_redis_memory_bytes", "Memory that the storage server uses.", value=health.server["memory_bytes"]
    )
    yield from _operations(health)
    yield GaugeMetricFamily(
        "replygate_redis_memory_limit_bytes",
        "Memory limit of the storage server; 0 without a limit.",
        value=health.server["memory_limit_bytes"],
    )


def _notices(health: SystemHealth) -> Iterator[Metric]:
    notices = CounterMetricFamily(
        "replygate_notices", "Notices to moderators, by receiver and result.", labels=["site", "kind", "result"]
    )
    for (of_site, kind, result), n in sorted(health.notices.items()):
        notices.add_metric([of_site, kind, result], n)
    yield notices


def _operations(health: SystemHealth) -> Iterator[Metric]:
    """Metrics about pauses, replicas and backups."""
    paused = GaugeMetricFamily(
        "replygate_paused",
        "1 while an operator pauses judging or new comments; site * is all.",
        labels=["kind", "site"],
    )
    for kind, pauses in (("judging", health.pauses), ("intake", health.intake_pauses)):
        for site in {EVERY_SITE, *pauses}:
            paused.add_metric([kind, site], int(site in pauses))
    yield paused
    yield GaugeMetricFamily("replygate_replicas", "Connected replicas of storage.", value=health.server["replicas"])
    yield GaugeMetricFamily(
        "replygate_replica_lag_bytes",
        "Changes that the replica furthest behind does not have yet; 0 without one.",
        value=health.server["replica_lag_bytes"],
    )
    if backup := health.server.get("backup_at"):
        yield GaugeMetricFamily(
            "replygate_backup_age_seconds",
            "Time since the last backup began; absent before the first one.",
            value=max(0.0, health.at.timestamp() - backup),
        )


def _queues(health: SystemHealth) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("replygate_rq_jobs", "Jobs in RQ, by queue and state.", labels=["queue", "state"])
    workers = GaugeMetricFamily("replygate_rq_workers", "Workers in RQ, by queue.", labels=["queue"])
    for queue in health.queues:
        workers.add_metric([queue.name], len(queue.workers))
        for state, n in queue.jobs.items():
            jobs.add_metric([queue.name, state], n)
    yield from (jobs, workers)

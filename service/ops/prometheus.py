"""Metrics in the text format of Prometheus.

Labels are sites, statuses, routes, process types and queues, never people, threads or comments.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from comments.storage.pauses import EVERY_SITE
from service.web.request_counters import DURATION_BOUNDS, DurationHistogram, RequestLabels

from .health import SystemHealth, wait_seconds


def exposition(health: SystemHealth, totals: Mapping[RequestLabels, DurationHistogram]) -> bytes:
    """All metrics as text."""
    return generate_latest(_Families([*request_metrics(totals), *health_metrics(health)]))


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def request_metrics(totals: Mapping[RequestLabels, DurationHistogram]) -> Iterator[Metric]:
    """Metrics about requests, of all web processes of this machine."""
    requests = HistogramMetricFamily(
        "replygate_http_request_seconds", "Time to answer a request, in seconds.", labels=["method", "route", "status"]
    )
    for answer, row in sorted(totals.items()):
        buckets = list(zip(map(_bound, (*DURATION_BOUNDS, math.inf)), accumulate(row.buckets), strict=True))
        requests.add_metric([answer.method, answer.route, str(answer.status)], buckets, row.seconds)
    yield requests


def health_metrics(health: SystemHealth) -> Iterator[Metric]:
    """Metrics about the health; only `replygate_storage_up` if storage does not answer."""
    yield GaugeMetricFamily("replygate_storage_up", "1 if storage answers, 0 if not.", value=not health.down)
    if health.down:
        return
    yield from _sites(health)
    yield from _reviews(health)
    yield from _deliveries(health)
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


def _sites(health: SystemHealth) -> Iterator[Metric]:
    accepted = CounterMetricFamily("replygate_accepted", "Comments accepted.", labels=["site"])
    decided = CounterMetricFamily("replygate_decided", "First decisions of the filters.", labels=["site", "outcome"])
    moderated = CounterMetricFamily("replygate_moderated", "Decisions by people.", labels=["site", "status"])
    reports = CounterMetricFamily("replygate_reports", "Reports by readers, one per network.", labels=["site"])
    attempts = CounterMetricFamily("replygate_attempts", "Attempts of workers to judge a comment.", labels=["site"])
    queued = GaugeMetricFamily("replygate_queued", "Queued comments, which wait for the filters.", labels=["site"])
    oldest = GaugeMetricFamily(
        "replygate_oldest_queued_seconds", "Waiting time of the oldest queued comment; 0 without any.", labels=["site"]
    )
    decision_times = HistogramMetricFamily(
        "replygate_decision_seconds",
        "Time from acceptance to the first decision.",
        labels=["site"],
    )
    for site in health.sites:
        accepted.add_metric([site.id], site.counters.accepted)
        attempts.add_metric([site.id], site.counters.attempts)
        reports.add_metric([site.id], site.counters.reported)
        queued.add_metric([site.id], site.depth.queued)
        oldest.add_metric([site.id], wait_seconds(site.depth.oldest, health.at))
        for outcome, n in sorted(site.counters.decided.items()):
            decided.add_metric([site.id, outcome], n)
        for status, n in sorted(site.counters.moderated.items()):
            moderated.add_metric([site.id, status], n)
        buckets = [(_bound(bound), n) for bound, n in sorted(site.counters.wait_seconds.items())]
        decision_times.add_metric([site.id], buckets, site.counters.wait_sum)
    yield from (accepted, decided, moderated, reports, attempts, queued, oldest, decision_times)


def _reviews(health: SystemHealth) -> Iterator[Metric]:
    """Metrics about the work of people."""
    reviews = HistogramMetricFamily(
        "replygate_review_seconds",
        "Time from when a comment needs review to a person's decision.",
        labels=["site"],
    )
    corrected = CounterMetricFamily(
        "replygate_corrected", "Decisions of the filters that people reversed.", labels=["site", "filters", "people"]
    )
    held = GaugeMetricFamily("replygate_held", "Comments that need review.", labels=["site"])
    oldest_held = GaugeMetricFamily(
        "replygate_oldest_held_seconds", "Age of the oldest comment that needs review; 0 without any.", labels=["site"]
    )
    for site in health.sites:
        held.add_metric([site.id], site.counters.current.get("held", 0))
        oldest_held.add_metric([site.id], site.oldest_held_seconds(health.at))
        review_buckets = [(_bound(bound), n) for bound, n in sorted(site.counters.review_seconds.items())]
        reviews.add_metric([site.id], review_buckets, site.counters.review_sum)
        for pair, n in sorted(site.counters.corrected.items()):
            corrected.add_metric([site.id, *pair.split(":")], n)
    yield from (reviews, corrected, held, oldest_held)


def _deliveries(health: SystemHealth) -> Iterator[Metric]:
    deliveries = CounterMetricFamily(
        "replygate_webhook_deliveries", "Webhook deliveries, by result.", labels=["site", "result"]
    )
    pending = GaugeMetricFamily("replygate_webhook_pending", "Pending webhooks and emails.", labels=["site"])
    mail = CounterMetricFamily("replygate_mail", "Emails about replies, by result.", labels=["site", "result"])
    for site in health.sites:
        pending.add_metric([site.id], site.posted.pending)
        for result, n in sorted(site.posted.results.items()):
            deliveries.add_metric([site.id, result], n)
        for result, n in sorted(site.posted.mailed.items()):
            mail.add_metric([site.id, result], n)
    notices = CounterMetricFamily(
        "replygate_notices", "Notices to moderators, by receiver and result.", labels=["site", "kind", "result"]
    )
    for (of_site, kind, result), n in sorted(health.notices.items()):
        notices.add_metric([of_site, kind, result], n)
    yield from (deliveries, pending, mail, notices)


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


def _bound(seconds: float) -> str:
    return "+Inf" if math.isinf(seconds) else repr(float(seconds))


def _queues(health: SystemHealth) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("replygate_rq_jobs", "Jobs in RQ, by queue and state.", labels=["queue", "state"])
    workers = GaugeMetricFamily("replygate_rq_workers", "Workers in RQ, by queue.", labels=["queue"])
    for queue in health.queues:
        workers.add_metric([queue.name], len(queue.workers))
        for state, n in queue.jobs.items():
            jobs.add_metric([queue.name, state], n)
    yield from (jobs, workers)

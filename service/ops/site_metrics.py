"""Metrics of each site in the text format of Prometheus, written again only for sites whose figures changed.

A site has about 60 series, and most sites change little between two reads. Writing one series takes 5 µs.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from comments.storage.site_figures import SiteFigures

from .health import SystemHealth, wait_seconds

#: Text before each family.
_START = "# HELP "


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def exposition_text(families: Iterable[Metric]) -> bytes:
    return generate_latest(_Families(families))


class SiteMetrics:
    """The metrics of all sites. Of each site it keeps the last figures and their text."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[SiteFigures, Sequence[str]]] = {}
        self._headers = [_START + head for head in _split(_families(()))]

    def text(self, health: SystemHealth) -> bytes:
        """Return all families; nothing if storage does not answer."""
        if health.down:
            return b""
        before, now = self._kept, {}
        for site in health.sites:
            kept = before.get(site.id)
            # The store gives the same object again if nothing changed.
            now[site.id] = kept if kept and kept[0] is site else (site, _series(_families((site,))))
        self._kept = now
        columns = zip(*(series for _, series in now.values()), strict=True)
        bodies = ["".join(column) for column in columns] or [""] * len(self._headers)
        static = "".join(head + body for head, body in zip(self._headers, bodies, strict=True))
        return (static + _ages(health.sites, health.at)).encode()


def _split(families: Iterable[Metric]) -> list[str]:
    """Return the text of each family, without its first words."""
    return exposition_text(families).decode().split(_START)[1:]


def _series(families: Iterable[Metric]) -> Sequence[str]:
    """Return the lines of each family, without the two lines of its header."""
    return [text.split("\n", 2)[2] for text in _split(families)]


def _ages(sites: Sequence[SiteFigures], now: datetime) -> str:
    """Return the metrics that change with time."""
    queued = GaugeMetricFamily(
        "replygate_oldest_queued_seconds", "Waiting time of the oldest queued comment; 0 without any."
    )
    held = GaugeMetricFamily(
        "replygate_oldest_held_seconds", "Age of the oldest comment that needs review; 0 without any."
    )
    waits = [(site.id, wait_seconds(site.depth.oldest, now), site.oldest_held_seconds(now)) for site in sites]
    return "".join(
        [
            exposition_text((queued,)).decode(),
            *(f'{queued.name}{{site="{id}"}} {queued_seconds}\n' for id, queued_seconds, _ in waits),
            exposition_text((held,)).decode(),
            *(f'{held.name}{{site="{id}"}} {held_seconds}\n' for id, _, held_seconds in waits),
        ]
    )


def _families(sites: Iterable[SiteFigures]) -> Iterator[Metric]:
    for of in (_decisions, _reviews, _deliveries):
        yield from of(sites)


def _decisions(sites: Iterable[SiteFigures]) -> Iterator[Metric]:
    accepted = CounterMetricFamily("replygate_accepted", "Comments accepted.", labels=["site"])
    decided = CounterMetricFamily("replygate_decided", "First decisions of the filters.", labels=["site", "outcome"])
    moderated = CounterMetricFamily("replygate_moderated", "Decisions by people.", labels=["site", "status"])
    reports = CounterMetricFamily("replygate_reports", "Reports by readers, one per network.", labels=["site"])
    attempts = CounterMetricFamily("replygate_attempts", "Attempts of workers to judge a comment.", labels=["site"])
    queued = GaugeMetricFamily("replygate_queued", "Queued comments, which wait for the filters.", labels=["site"])
    decision_times = HistogramMetricFamily(
        "replygate_decision_seconds",
        "Time from acceptance to the first decision.",
        labels=["site"],
    )
    for site in sites:
        accepted.add_metric([site.id], site.counters.accepted)
        attempts.add_metric([site.id], site.counters.attempts)
        reports.add_metric([site.id], site.counters.reported)
        queued.add_metric([site.id], site.depth.queued)
        for outcome, n in sorted(site.counters.decided.items()):
            decided.add_metric([site.id, outcome], n)
        for status, n in sorted(site.counters.moderated.items()):
            moderated.add_metric([site.id, status], n)
        buckets = [(bound_label(bound), n) for bound, n in sorted(site.counters.wait_seconds.items())]
        decision_times.add_metric([site.id], buckets, site.counters.wait_sum)
    yield from (accepted, decided, moderated, reports, attempts, queued, decision_times)


def _reviews(sites: Iterable[SiteFigures]) -> Iterator[Metric]:
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
    for site in sites:
        held.add_metric([site.id], site.counters.current.get("held", 0))
        review_buckets = [(bound_label(bound), n) for bound, n in sorted(site.counters.review_seconds.items())]
        reviews.add_metric([site.id], review_buckets, site.counters.review_sum)
        for pair, n in sorted(site.counters.corrected.items()):
            corrected.add_metric([site.id, *pair.split(":")], n)
    yield from (reviews, corrected, held)


def _deliveries(sites: Iterable[SiteFigures]) -> Iterator[Metric]:
    deliveries = CounterMetricFamily(
        "replygate_webhook_deliveries", "Webhook deliveries, by result.", labels=["site", "result"]
    )
    pending = GaugeMetricFamily("replygate_webhook_pending", "Pending webhooks and emails.", labels=["site"])
    mail = CounterMetricFamily("replygate_mail", "Emails about replies, by result.", labels=["site", "result"])
    for site in sites:
        pending.add_metric([site.id], site.posted.pending)
        for result, n in sorted(site.posted.results.items()):
            deliveries.add_metric([site.id, result], n)
        for result, n in sorted(site.posted.mailed.items()):
            mail.add_metric([site.id, result], n)
    yield from (deliveries, pending, mail)


def bound_label(seconds: float) -> str:
    return "+Inf" if math.isinf(seconds) else repr(float(seconds))

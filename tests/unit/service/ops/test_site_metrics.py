"""The metrics of many sites are kept as text, and are always those of the latest figures."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from comments.lifecycle import Status
from comments.storage.site_figures import SiteFigures
from comments.storage.values import QueueDepth
from service.ops import site_metrics
from service.ops.health import SystemHealth
from service.ops.site_metrics import SiteMetrics
from tests.unit.service.ops.test_health import counters

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def figures(site: str, accepted: int = 0) -> SiteFigures:
    of = replace(counters(), accepted=accepted, current=dict.fromkeys(Status, 2), review_seconds={math.inf: 0})
    return SiteFigures(site, of, QueueDepth(0, None))


def samples(metrics: SiteMetrics, *sites: SiteFigures, at: datetime = NOW) -> dict[tuple[str, str], float]:
    families = list(text_string_to_metric_families(metrics.text(SystemHealth(at, sites=sites)).decode()))
    assert len({family.name for family in families}) == len(families), "the series of a family are together"
    return {
        (sample.name, sample.labels["site"]): sample.value
        for family in families
        for sample in family.samples
        if set(sample.labels) == {"site"}
    }


def test_each_site_shows_its_latest_figures() -> None:
    metrics, first, second = SiteMetrics(), figures("a", 1), figures("b", 2)
    assert samples(metrics, first, second)["replygate_accepted_total", "b"] == 2
    found = samples(metrics, first, figures("b", 3))
    assert found["replygate_accepted_total", "a"] == 1
    assert found["replygate_accepted_total", "b"] == 3
    assert found["replygate_held", "a"] == 2


def test_a_site_that_is_gone_is_not_shown_any_more() -> None:
    metrics, first, second = SiteMetrics(), figures("a"), figures("b")
    samples(metrics, first, second)
    assert {site for _, site in samples(metrics, second)} == {"b"}
    assert samples(metrics) == {}


def test_ages_grow_although_nothing_changed() -> None:
    metrics, waiting = SiteMetrics(), replace(figures("a"), depth=QueueDepth(1, NOW), oldest_held=NOW)
    samples(metrics, waiting)
    later = samples(metrics, waiting, at=NOW + timedelta(seconds=90.5))
    assert later["replygate_oldest_queued_seconds", "a"] == 90.5
    assert later["replygate_oldest_held_seconds", "a"] == 90.5


def test_series_of_a_site_without_changes_are_not_written_again(monkeypatch) -> None:
    metrics, sites = SiteMetrics(), [figures("a"), figures("b")]
    before = samples(metrics, *sites)
    monkeypatch.setattr(site_metrics, "generate_latest", counted := Counted(site_metrics.generate_latest))
    assert samples(metrics, *sites) == before
    assert counted.calls == 2  # for the two families of ages
    samples(metrics, sites[0], figures("b", 1))
    assert counted.calls == 5


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.calls, self._function = 0, function

    def __call__(self, *arguments):
        self.calls += 1
        return self._function(*arguments)


def test_without_storage_there_are_no_metrics_of_sites() -> None:
    assert SiteMetrics().text(SystemHealth(NOW, down="no answer")) == b""

"""Problems of the system's health, and percentiles of a histogram."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.errors import StorageDown
from comments.job_queue import JUDGE, QUEUES
from comments.rq_stats import NoRQStats, RQQueueStats, RQWorkerStats
from comments.storage.interfaces import Storage
from comments.storage.pauses import OperatorPause
from comments.storage.site_figures import SiteFigures
from comments.storage.values import Counters, QueueDepth
from service.ops.dashboard import JOB_LABELS, figures, format_bytes, format_duration, headline
from service.ops.health import (
    MAX_WAIT_SECONDS,
    PARTS,
    CachedHealth,
    SystemHealth,
    decision_times,
    percentile,
    problems,
    read_health,
    read_readiness,
)
from service.web.request_counters import DurationHistogram, RequestLabels
from tests.support.builders import NOW, a_site, accepted

WELL = SystemHealth(NOW, alive={"judge": ("j",), "background": ("b",), "delivery": ("d",), "sweep": ("s",)})


def counters(**waited: int) -> Counters:
    return Counters(
        5, {"approved": 3, "held": 1}, {"spam": 1}, {"approved": 3, "held": 1}, 6, {1.0: 2, math.inf: 4}, 3.5
    )


def a_condition(**changes: object) -> SystemHealth:
    site = SiteFigures("blog", counters(), QueueDepth(1, NOW - timedelta(seconds=3)))
    return replace(WELL, sites=(site,), **changes)


class Away:
    """A queue that is unavailable."""

    def read(self) -> tuple[RQQueueStats, ...]:
        raise StorageDown("no answer")


def test_all_is_well_when_nothing_is_wrong():
    assert problems(a_condition()) == []


@pytest.mark.parametrize("part", ["judge", "sweep"])
def test_a_required_process_that_is_missing_is_a_problem(part: str):
    (sentence,) = problems(a_condition(alive={**WELL.alive, part: ()}))
    assert f"replygate {'work judge' if part == 'judge' else 'sweep'}" in sentence


def test_background_work_and_deliveries_are_not_urgent():
    assert problems(a_condition(alive={**WELL.alive, "background": (), "delivery": ()})) == []


def test_an_old_comment_is_a_problem_and_a_young_one_is_not():
    def waiting(seconds: float) -> SystemHealth:
        depth = QueueDepth(1, NOW - timedelta(seconds=seconds))
        return replace(WELL, sites=(SiteFigures("blog", counters(), depth),))

    assert problems(waiting(MAX_WAIT_SECONDS)) == []
    assert "has waited 61 s" in problems(waiting(61))[0]


def test_problems_of_the_storage_server_come_first():
    assert problems(replace(WELL, server_problems=("appendonly is off",), alive={}))[0] == "appendonly is off"


def test_without_storage_that_is_the_only_problem(storage: Storage):
    health = read_health(storage, Away(), NOW)
    assert problems(health) == ["Storage does not answer, so no comments are accepted: no answer"]
    assert figures(health, {}).problems == problems(health) == problems(read_readiness(storage, Away(), NOW))


def test_health_covers_every_site_and_process(storage: Storage):
    storage.sites.put(a_site())
    storage.sites.put(a_site(id="shop"))
    accepted(storage, site="shop")
    storage.heartbeats.beat("judge", "j-1", 60)
    health = read_health(storage, NoRQStats(), NOW)
    assert [(site.id, site.depth.queued) for site in health.sites] == [("blog", 0), ("shop", 1)]
    assert health.alive["judge"] == ("j-1",)
    assert health.queued == 1


def test_a_site_that_refuses_comments_because_too_many_wait_is_named(storage: Storage):
    storage.sites.put(a_site(max_pending=2))
    storage.sites.put(a_site(id="shop", max_pending=3))
    for site in ("blog", "blog", "shop", "shop"):
        accepted(storage, site=site)
    health = read_health(storage, NoRQStats(), NOW)
    (warning,) = (w for w in figures(health, {}).warnings if "max_pending" in w)
    assert warning.startswith("blog has 2 undecided comments, which is its limit max_pending: new ones get 503.")
    assert problems(health) == problems(read_readiness(storage, NoRQStats(), NOW)), "other sites accept comments"


def test_readiness_finds_the_same_problems_as_the_health(storage: Storage):
    def found(seconds: float) -> list[str]:
        at = accepted_at + timedelta(seconds=seconds)
        by_readiness = problems(read_readiness(storage, NoRQStats(), at))
        assert by_readiness == problems(read_health(storage, NoRQStats(), at))
        return by_readiness

    for site in ("blog", "shop"):
        storage.sites.put(a_site(id=site))
    accepted(storage, site="shop")
    accepted_at = storage.queue.depth("shop").oldest
    assert accepted_at is not None
    assert not any("has waited" in sentence for sentence in found(MAX_WAIT_SECONDS - 1))
    assert any("has waited 61 s" in sentence for sentence in found(61))
    storage.heartbeats.beat("judge", "j-1", 60)
    storage.judging_pauses.pause("shop", OperatorPause(NOW, "op"))
    assert found(61) == [*storage.server.check(), PARTS["sweep"]]


def test_a_slow_clock_gives_no_negative_waiting_time():
    assert (
        replace(WELL, sites=(SiteFigures("blog", counters(), QueueDepth(1, NOW + timedelta(seconds=9))),)).oldest == 0
    )


def test_health_is_read_once_a_second():
    time = 0.0
    looks = iter((replace(WELL, down="first"), replace(WELL, down="second")))
    watch = CachedHealth(lambda: next(looks), lambda: time)
    seen = []
    for time in (0.0, 0.9, 1.0, 1.9):  # noqa: B007 - the clock reads it
        seen.append(watch.get().down)
    assert seen == ["first", "first", "second", "second"]


# Percentiles


def test_without_decisions_there_is_no_percentile():
    assert percentile({}, 0.5) is None
    assert percentile({1.0: 0, math.inf: 0}, 0.5) is None


def test_a_percentile_lies_within_its_bucket():
    cumulative = {0.1: 50, 1.0: 90, 10.0: 100, math.inf: 100}
    assert percentile(cumulative, 0.5) == pytest.approx(0.1)
    assert percentile(cumulative, 0.7) == pytest.approx(0.55)
    assert percentile(cumulative, 0.99) == pytest.approx(9.1)


def test_a_percentile_never_exceeds_the_last_bound():
    assert percentile({1.0: 1, 60.0: 1, math.inf: 10}, 0.99) == 60.0


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.floats(0.01, 1), st.floats(0.01, 1))
def test_percentiles_rise(counts: list[int], one: float, other: float):
    bounds = [*range(1, len(counts)), math.inf]
    cumulative = {float(b): sum(counts[: n + 1]) for n, b in enumerate(bounds)}
    low, high = percentile(cumulative, min(one, other)), percentile(cumulative, max(one, other))
    assert (low is None) == (sum(counts) == 0)
    assert low is None or high is None or low <= high


def test_decision_times_of_sites_add_up():
    site = SiteFigures("blog", counters(), QueueDepth(0, None))
    assert decision_times([site, site]) == {1.0: 4, math.inf: 8}


# For people


def test_figures_are_sums_over_the_sites():
    busy = RQWorkerStats("host.a1.judge", 7, 1, 50_000_000, JUDGE, "blog", NOW - timedelta(seconds=2))
    jobs = {"queued": 1, "started": 2, "failed": 3}
    shown = figures(replace(a_condition(), queues=(RQQueueStats("judge", (busy, RQWorkerStats("b")), jobs),)), {})
    assert (shown.accepted, shown.decided, shown.attempts, shown.queued) == (5, 4, 6, 1)
    assert shown.oldest_seconds == 3
    assert shown.sites[0].held == 1
    assert (shown.queues[0].failed, shown.queues[0].workers) == (3, 2)
    first, second = shown.workers
    assert (first.name, first.queue, first.job, first.site) == ("host.a1", "judge", "Judging comments", "blog")
    assert (first.job_seconds, first.done, first.failed, first.memory_bytes) == (2, 7, 1, 50_000_000)
    assert (second.name, second.job, second.job_seconds) == ("b", "Waiting", None)
    assert shown.well


def test_errors_and_unavailability_are_counted_separately():
    row = DurationHistogram((1.0,) * 12, 1.0)
    totals = {RequestLabels("GET", "/", status): row for status in (200, 404, 500, 503)}
    shown = figures(a_condition(), totals | {RequestLabels("GET", "/readyz", 503): row})
    assert (shown.requests, shown.faults, shown.refused) == (48, 12, 12)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0, "0 ms"), (0.04, "40 ms"), (3.21, "3.2 s"), (45, "45 s"), (300, "5 min"), (9000, "2 h")],
)
def test_durations_have_a_fitting_unit(seconds: float | None, text: str):
    assert format_duration(seconds) == text


def test_bytes_are_shown_as_megabytes_or_gigabytes():
    assert (format_bytes(3_400_000), format_bytes(2_500_000_000)) == ("3.4 MB", "2.50 GB")


def test_the_headline_counts_the_problems():
    assert [headline(["x"] * n) for n in range(3)] == ["All is well", "1 problem", "2 problems"]


def test_every_job_has_a_label():
    assert set(JOB_LABELS) == set(QUEUES)

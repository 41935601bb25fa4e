"""Charts of the history: totals become rates and percentiles, and a step without a sample has no values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.storage.system_history import SystemSample
from service.ops.history_charts import CHARTS, HISTORY_RANGES, HistoryChart, format_value, history_charts

NOW = datetime(2026, 3, 1, 12, 30, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def of(samples: list[SystemSample], name: str, range: str = "hour") -> HistoryChart:
    return next(chart for chart in history_charts(samples, HISTORY_RANGES[range], NOW) if chart.kind.id == name)


def at(minutes_ago: int, **values: object) -> SystemSample:
    return SystemSample(NOW.replace(second=0) - minutes_ago * MINUTE, **values)


def last(chart: HistoryChart, n: int = 1) -> tuple[float | None, ...]:
    return chart.rows[-n].values


def test_the_last_step_contains_now_and_each_step_has_a_row():
    chart = of([at(0)], "waiting")
    assert len(chart.rows) == 60
    assert (chart.rows[-1].start, chart.rows[-1].short) == (NOW.replace(second=0), "12:30")
    assert chart.rows[0].start == NOW.replace(second=0) - 59 * MINUTE


def test_totals_become_rates_and_counts():
    samples = [at(1, accepted=100, published=80, held=5, spam=3), at(0, accepted=160, published=100, held=9, spam=3)]
    assert last(of(samples, "rates"))[:2] == (60, 24)
    assert last(of(samples, "outcomes")) == (20, 4, 0)


def test_a_gap_has_no_values_and_the_rate_after_it_is_that_of_the_gap():
    samples = [at(10, accepted=100), at(0, accepted=200)]
    chart = of(samples, "rates")
    assert last(chart)[0] == 10
    assert last(chart, 5) == (None, None, None)


def test_a_removed_site_is_no_negative_growth():
    assert last(of([at(1, accepted=100), at(0, accepted=10)], "rates"))[0] == 0


def test_percentiles_are_those_of_the_step_and_not_of_all_times():
    before = at(1, waits=(1000,) * 12)
    after = at(0, waits=(1000, 1000, 1000, 1000, 1000, 1010, 1010, 1010, 1010, 1010, 1010, 1010))
    median, _, slow = last(of([before, after], "latency"))
    assert 1.0 < median < slow <= 2.5


def test_a_step_without_decisions_has_no_percentiles():
    charts = history_charts([at(1, waits=(5,) * 12), at(0, waits=(5,) * 12)], HISTORY_RANGES["hour"], NOW)
    assert "latency" not in [chart.kind.id for chart in charts]


def test_a_longer_step_keeps_the_peak():
    samples = [at(30, queued=1, oldest_seconds=1.0), at(15, queued=900, oldest_seconds=70.0), at(0, queued=2)]
    assert last(of(samples, "age", "fortnight"))[0] == 70.0
    assert last(of(samples, "waiting", "fortnight"))[0] == 900


def test_failures_are_drawn_by_kind():
    samples = [
        at(1, attempts=10, published=10),
        at(0, attempts=25, published=22, server_errors=2, unavailable=7, undelivered=1),
    ]
    assert last(of(samples, "errors")) == (2, 7, 3, 1)


def test_replication_is_drawn_only_with_a_replica():
    assert "replication" not in [chart.kind.id for chart in history_charts([at(0)], HISTORY_RANGES["hour"], NOW)]
    assert last(of([at(0, replicas=1, replica_lag_bytes=5)], "replication")) == (5,)


def test_without_samples_there_is_no_chart():
    assert history_charts([], HISTORY_RANGES["day"], NOW) == []


@given(st.lists(st.integers(0, 5000), max_size=30), st.sampled_from(sorted(HISTORY_RANGES)))
def test_any_samples_make_charts_with_one_row_for_each_step(minutes, name):
    samples = sorted((at(n, accepted=n, queued=n) for n in set(minutes)), key=lambda sample: sample.at)
    for chart in history_charts(samples, HISTORY_RANGES[name], NOW):
        assert len(chart.rows) == HISTORY_RANGES[name].steps
        assert all(value is None or value >= 0 for row in chart.rows for value in row.values)


def test_samples_of_the_future_after_a_clock_was_set_back_are_not_drawn():
    later = replace(at(0), at=NOW + timedelta(days=2))
    assert history_charts([later], HISTORY_RANGES["hour"], NOW) == []


def test_ids_and_titles_of_charts_differ():
    assert len({kind.id for kind in CHARTS}) == len({kind.title for kind in CHARTS}) == len(CHARTS)


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (None, "number", "–"),
        (1234, "number", "1,234"),
        (0.25, "number", "0.25"),
        (2.0, "number", "2"),
        (0.04, "duration", "40 ms"),
        (3_400_000, "bytes", "3.4 MB"),
    ],
)
def test_values_are_written_for_people(value, format, text):
    assert format_value(value, format) == text

"""A short soak, bounded by the number of comments. `make soak` is the long one. And the judgement of slopes."""

import random
import tempfile
from pathlib import Path

import pytest

from tests.faults.soak import soak, written_bytes
from tests.faults.trends import per_comment_trend, steady_trend

COMMENTS = 500


def test_nothing_grows_during_steady_traffic() -> None:
    with tempfile.TemporaryDirectory(prefix="rgs") as base:
        directory = Path(base) / "data"
        directory.mkdir(mode=0o700)
        report = soak(directory, lambda _, comments: comments < COMMENTS, interval=0.5, pause=0.05)
    assert report.problems == ()
    memory = {name: values[-1] for name, values in report.samples.steady.items() if name.startswith("memory of")}
    assert all(memory.values()), memory  # each part was found
    # `make soak` judges all: times depend on what else the machine does, and tables in Valkey grow by doubling.
    growing = [
        trend.line() for trend in report.samples.trends() if trend.grows and trend.name.startswith(("mem", "keys"))
    ]
    assert [line for line in growing if "Valkey" not in line] == []
    files = [trend.line() for trend in report.samples.trends() if "files" in trend.name and trend.change > COMMENTS / 5]
    assert files == [], "connections are opened at first, and a leak is one for each comment"


def noise(n: int) -> list[float]:
    chance = random.Random(1)
    return [chance.uniform(-2, 2) for _ in range(n)]


@pytest.mark.parametrize(("per_sample", "grows"), [(0.0, False), (-1.0, False), (0.5, True)])
def test_a_leak_is_told_from_noise(per_sample: float, grows: bool) -> None:
    values = [100 + per_sample * n + other for n, other in enumerate(noise(100))]
    assert steady_trend("memory", range(100), values).grows is grows


def test_growth_with_each_comment_is_expected_and_faster_growth_is_not() -> None:
    comments = range(0, 1000, 10)
    assert not per_comment_trend("bytes", comments, [1500.0 * n for n in comments]).grows
    assert per_comment_trend("bytes", comments, [1500.0 * n + 2.0 * n * n for n in comments]).grows


def test_a_file_that_is_written_anew_counts_by_what_was_appended() -> None:
    assert written_bytes(100, 150, 40) == 50
    assert written_bytes(150, 70, 60) == 10

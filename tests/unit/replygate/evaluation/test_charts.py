"""Charts show what the report says, inside of their frames, as SVG and as PNG."""

import json
import re
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from comments.lifecycle import Action
from comments.storage.values import TokenCounts
from replygate.__main__ import cli
from replygate.evaluation import png
from replygate.evaluation.charts import Chart, charts
from replygate.evaluation.evaluate_command import PLAIN
from replygate.evaluation.labelled_comments import Example, read
from replygate.evaluation.replay import Corpus, Verdict, verdicts
from replygate.evaluation.results import report
from replygate.evaluation.svg_charts import svg
from tests.support.builders import a_comment, a_decision
from workers.filters import BUILT_IN
from workers.judging.policy import build

SAMPLE = Path(__file__).with_name("sample.jsonl")

JUDGED = st.builds(
    lambda spam, score, probability, us, lessons: Verdict(
        Example(a_comment(), spam), a_decision(Action.HOLD, score=score), probability, us, lessons
    ),
    st.booleans(),
    st.floats(-20, 40),
    st.floats(0, 1),
    st.floats(0, 1e7),
    st.integers(0, 50),
)


@given(st.lists(JUDGED, min_size=1, max_size=40), st.booleans())
def test_lines_stay_inside_their_frame(judged, taught):
    for chart in charts(report(judged, taught)):
        places = [place for line in chart.lines for point in line.points for place in point]
        ticks = [place for place, _ in (*chart.across_ticks, *chart.up_ticks, *chart.marks)]
        assert all(0 <= place <= 1 for place in (*places, *ticks)), chart
        assert not {"nan", "inf"} & set(re.split(r'[\s,"]', svg(chart)))


def drawn(lines: list[str]) -> dict[str, Chart]:
    found = verdicts(read(lines).examples, PLAIN, build(BUILT_IN, {}), Corpus.of(TokenCounts()))
    return {chart.name: chart for chart in charts(report(list(found)))}


@pytest.fixture(scope="module")
def sample() -> dict[str, Chart]:
    return drawn(SAMPLE.read_text(encoding="utf-8").splitlines())


def test_a_stream_that_taught_nothing_has_no_chart_of_learning(sample):
    assert list(sample) == ["roc", "precision-recall", "calibration", "points", "time"]


def test_where_a_threshold_stands_the_chart_of_points_says_what_is_beyond_it(sample):
    chart = sample["points"]
    honest, spam = (dict(line.points) for line in chart.lines)
    held, refused = (place for place, _ in chart.marks)
    assert honest[refused] == 0 <= honest[held] < 0.05
    assert 0.6 < spam[held] < 1


def test_one_label_has_nothing_to_tell_apart():
    assert list(drawn(['{"text": "I read it again", "label": "ham"}'])) == ["points", "time"]


def test_whoever_does_not_see_a_chart_is_told_of_it(sample):
    said = "ROC: spam found over honest comments taken for spam; points of all filters: area "
    assert f"<title>{said}" in svg(sample["roc"])


def test_a_drawn_chart_has_its_lines_in_their_colours(sample, tmp_path):
    chart = png.read(json.dumps([asdict(sample["points"])]))[0]
    png.draw(chart, tmp_path / "points.png")
    assert (tmp_path / "points.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    pixels = (imread(tmp_path / "points.png")[..., :3] * 255).round().astype(int)
    assert pixels.shape == (1200, 1440, 3)
    for colour in png.COLOURS[:2]:
        sought = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
        assert (pixels == sought).all(axis=2).sum() > 1000
    assert (pixels == 255).all(axis=2).mean() > 0.8


def test_the_command_writes_every_chart(tmp_path):
    ran = CliRunner().invoke(cli, ["evaluate", str(SAMPLE), "--png", str(tmp_path / "charts")])
    assert ran.exit_code == 0, ran.output
    assert sorted(path.name for path in (tmp_path / "charts").iterdir()) == [
        "calibration.png", "points.png", "precision-recall.png", "roc.png", "time.png",
    ]  # fmt: skip


def test_without_matplotlib_the_command_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ran = CliRunner().invoke(cli, ["evaluate", str(SAMPLE), "--png", str(tmp_path)])
    assert ran.exit_code == 1
    assert "pip install 'replygate[charts]'" in ran.output

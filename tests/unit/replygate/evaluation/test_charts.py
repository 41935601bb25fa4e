"""Charts show the results of the report, inside their frames, as SVG."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from comments.lifecycle import Action
from comments.storage.values import TokenCounts
from replygate.__main__ import cli
from replygate.evaluation.charts import Chart, charts
from replygate.evaluation.evaluate_command import PLAIN
from replygate.evaluation.labelled_comments import Example, read
from replygate.evaluation.replay import ReplayCorpus, Verdict, verdicts
from replygate.evaluation.results import make_report
from replygate.evaluation.svg_charts import svg
from tests.support.builders import a_comment, a_decision
from workers.filters import BUILT_IN
from workers.judging.policy import build_policy

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
    for chart in charts(make_report(judged, taught)):
        places = [place for line in chart.lines for point in line.points for place in point]
        ticks = [place for place, _ in (*chart.x_ticks, *chart.y_ticks, *chart.marks)]
        assert all(0 <= place <= 1 for place in (*places, *ticks)), chart
        assert not {"nan", "inf"} & set(re.split(r'[\s,"]', svg(chart)))


def drawn(lines: list[str]) -> dict[str, Chart]:
    found = verdicts(read(lines).examples, PLAIN, build_policy(BUILT_IN, {}), ReplayCorpus.of(TokenCounts()))
    return {chart.name: chart for chart in charts(make_report(list(found)))}


@pytest.fixture(scope="module")
def sample() -> dict[str, Chart]:
    return drawn(SAMPLE.read_text(encoding="utf-8").splitlines())


def test_a_stream_without_lessons_has_no_learning_chart(sample):
    assert list(sample) == ["roc", "precision-recall", "calibration", "points", "time"]


def test_the_chart_of_points_shows_the_share_above_each_threshold(sample):
    chart = sample["points"]
    honest, spam = (dict(line.points) for line in chart.lines)
    held, refused = (place for place, _ in chart.marks)
    assert honest[refused] == 0 <= honest[held] < 0.05
    assert 0.6 < spam[held] < 1


def test_a_file_with_one_label_has_no_roc_chart():
    assert list(drawn(['{"text": "I read it again", "label": "ham"}'])) == ["points", "time"]


def test_a_chart_has_a_text_description(sample):
    description = "ROC: recall over false positive rate; all filters: area "
    assert f"<title>{description}" in svg(sample["roc"])


def test_the_command_writes_every_chart_as_a_file_of_its_own(tmp_path):
    ran = CliRunner().invoke(cli, ["evaluate", str(SAMPLE), "--charts", str(tmp_path / "charts")])
    assert ran.exit_code == 0, ran.output
    files = sorted((tmp_path / "charts").iterdir())
    assert [path.name for path in files] == [
        "calibration.svg", "points.svg", "precision-recall.svg", "roc.svg", "time.svg",
    ]  # fmt: skip
    for path in files:
        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.find("{*}style") is not None
        assert root.findall("{*}polyline")

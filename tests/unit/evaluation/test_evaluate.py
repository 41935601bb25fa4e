"""`replygate evaluate` judges labelled comments and keeps nothing; what is shipped holds its floors."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments.errors import Invalid
from comments.lifecycle import Action
from comments.storage import TokenCounts
from comments.storage.memory import open_memory
from replygate.__main__ import cli
from replygate.evaluation.command import PLAIN
from replygate.evaluation.examples import read
from replygate.evaluation.judging import Corpus, Moderation, verdicts
from replygate.evaluation.report import Report, report
from replygate.export import lines
from replygate.installation import Installation
from tests.builders import NOW, a_comment, a_site, accepted, decided, moderated, settings
from tests.unit.conftest import OneQueue
from workers.filters import BUILT_IN
from workers.policy import build
from workers.quotas import OF_CAMPAIGN

#: Written for this test; nobody's words.
SAMPLE = Path(__file__).with_name("sample.jsonl")


def judged(lines: list[str], learning: bool = False) -> Report:
    return report(
        list(
            verdicts(
                read(lines), PLAIN, build(BUILT_IN, {}), Corpus.of(TokenCounts()), Moderation() if learning else None
            )
        )
    )


@pytest.fixture(scope="module")
def found() -> Report:
    return judged(SAMPLE.read_text(encoding="utf-8").splitlines())


def test_no_honest_comment_of_the_sample_is_refused_and_hardly_one_held(found):
    assert found.confusion[False, Action.SPAM] == 0
    assert found.share(False, Action.HOLD) <= 0.05


def test_most_spam_of_the_sample_is_held(found):
    assert found.share(True, Action.APPROVE) <= 0.35


def test_spam_of_the_sample_ranks_above_honest_comments(found):
    assert found.learned.area >= 0.97
    assert found.points.area >= 0.95
    assert found.points.recall_at(0.01).recall >= 0.6


def test_learning_publishes_less_of_a_campaign():
    words = ("Monday", "Tuesday", "Friday", "Sunday", "April", "June")
    campaign = [
        json.dumps({"text": f"Buy replica watch model {n}, {words[n % 6]}, watch{n}.example.top", "label": "spam"})
        for n in range(60)
    ]
    honest = [json.dumps({"text": f"On {words[n % 6]} I read chapter {n} again", "label": "ham"}) for n in range(60)]
    lines = [line for pair in zip(campaign, honest, strict=True) for line in pair]
    assert judged(lines, learning=True).confusion[True, Action.APPROVE] <= judged(lines).confusion[True, Action.APPROVE]


def test_a_campaign_teaches_no_more_here_than_on_a_site():
    corpus = Corpus()
    for example in read([json.dumps({"text": "I lend money to everybody", "label": "spam"})] * 30):
        corpus.learn(example, log_odds=1.0)
    assert corpus.about(a_comment(content="money")).spam == OF_CAMPAIGN


def test_an_approved_comment_raises_the_bar_here_as_on_a_site():
    corpus = Corpus()
    for example in read([json.dumps({"text": "essay", "label": "ham"})]):
        corpus.learn(example, log_odds=6.5)
    assert corpus.about(a_comment()).bar == 6.5


def test_each_source_is_judged_by_what_the_others_teach(tmp_path):
    file = tmp_path / "sources.jsonl"
    rows = [
        ("a", "buy pills", "spam"),
        ("a", "my essay", "ham"),
        ("b", "buy watches", "spam"),
        ("b", "an essay", "ham"),
    ]
    lines = [
        json.dumps({"source": s, "text": f"{text} {'xyz'[n % 3]}", "label": label})
        for n in range(9)
        for s, text, label in rows
    ]
    file.write_text("\n".join(lines))
    ran = CliRunner().invoke(cli, ["evaluate", str(file), "--cross"])
    assert ran.exit_code == 0, ran.output
    assert "of 1,000 of each source" in ran.output
    assert [line.split()[:3] for line in ran.output.splitlines() if line.startswith(("a ", "b "))] == [
        [source, label, "9"] for source in "ab" for label in ("honest", "spam")
    ]
    assert CliRunner().invoke(cli, ["evaluate", str(SAMPLE), "--cross"]).exit_code == 2


def test_a_site_is_evaluated_with_its_thresholds_and_its_deployments_weights(tmp_path):
    file, policy = tmp_path / "links.jsonl", tmp_path / "policy.toml"
    file.write_text(json.dumps({"text": "I wrote more at https://ada.example/essay", "label": "ham"}))
    storage = open_memory(lambda: NOW)
    storage.sites.put(a_site(moderation="suspicious", required=(), hold_at=2.5))
    said = []
    for weights in ("", '[weights]\n"links.some" = 12.0\n'):
        policy.write_text(weights)
        here = Installation(settings(policy=policy), storage, OneQueue(), lambda: NOW)
        said.append(CliRunner().invoke(cli, ["evaluate", str(file), "--site", "blog"], obj=here).output)
    assert all("held from 2.5 points on, spam from 8" in text for text in said)
    assert [text.splitlines()[4].split()[-3:] for text in said] == [["1000.0", "0.0", "0.0"], ["0.0", "1000.0", "0.0"]]


def test_a_line_that_is_no_comment_is_named():
    for line in ("{", "[]", '{"label": "spam"}', '{"text": 3, "label": "ham"}', '"text"'):
        with pytest.raises(Invalid, match="line 2"):
            read(['{"text": "a", "label": "ham"}', line])


def test_lines_without_a_known_label_are_left_out():
    assert read(['{"text": "a", "label": "toxic"}', "", '{"kind": "site", "id": "blog"}']) == []


def test_what_people_decided_labels_an_export():
    storage = open_memory(lambda: NOW)
    for action in (Action.SPAM, Action.APPROVE):
        moderated(storage, decided(storage, accepted(storage), Action.HOLD), action)
    decided(storage, accepted(storage), Action.APPROVE)
    assert sorted(example.spam for example in read(lines(storage, a_site()))) == [False, True]


def test_the_command_prints_figures_and_writes_a_page(tmp_path):
    page = tmp_path / "report.html"
    ran = CliRunner().invoke(cli, ["evaluate", str(SAMPLE), "--html", str(page)])
    assert ran.exit_code == 0, ran.output
    assert "recall at 0.1 %" in ran.output
    written = page.read_text(encoding="utf-8")
    assert written.count("<svg") == 3
    assert "<script" not in written
    assert "style=" not in written


def test_a_text_cannot_break_out_of_the_page(tmp_path):
    file, page = tmp_path / "hostile.jsonl", tmp_path / "report.html"
    file.write_text(json.dumps({"text": "</pre><script>alert(1)</script> fuck", "label": "ham"}))
    assert CliRunner().invoke(cli, ["evaluate", str(file), "--html", str(page)]).exit_code == 0
    assert "<script" not in page.read_text(encoding="utf-8")


def test_a_file_without_labels_ends_in_a_sentence(tmp_path):
    file = tmp_path / "empty.jsonl"
    file.write_text("")
    ran = CliRunner().invoke(cli, ["evaluate", str(file)])
    assert ran.exit_code == 1
    assert "no comment with a label" in ran.output

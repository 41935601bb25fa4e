"""`replygate evaluate` judges labelled comments and stores nothing. The shipped models reach their minimum results."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments.archive.site_export import export_lines
from comments.errors import Invalid
from comments.lifecycle import Action
from comments.pseudonyms import Pseudonyms
from comments.storage.values import TokenCounts
from replygate.__main__ import cli
from replygate.deployment import Deployment
from replygate.evaluation.classification_metrics import calibration_error
from replygate.evaluation.evaluate_command import PLAIN
from replygate.evaluation.labelled_comments import NOT_DECIDED, read
from replygate.evaluation.replay import Moderation, ReplayCorpus, across, held, lesson, verdicts
from replygate.evaluation.results import Report, make_report
from tests.support.builders import NOW, SECRET, a_comment, a_site, accepted, decided, moderated, settings
from tests.support.stored import new_storage
from tests.unit.conftest import OneQueue
from workers.filters import BUILT_IN
from workers.judging.policy import build_policy
from workers.learning.lesson_quotas import MAX_OF_CAMPAIGN

#: Comments written for this test.
SAMPLE = Path(__file__).with_name("sample.jsonl")


def judged(lines: list[str], learning: bool = False) -> Report:
    moderation = Moderation() if learning else None
    corpus = ReplayCorpus.of(TokenCounts())
    return make_report(
        list(verdicts(read(lines).examples, PLAIN, build_policy(BUILT_IN, {}), corpus, moderation)), learning
    )


@pytest.fixture(scope="module")
def found() -> Report:
    return judged(SAMPLE.read_text(encoding="utf-8").splitlines())


def test_no_honest_comment_of_the_sample_is_refused_and_hardly_one_held(found):
    assert found.honest.of[Action.SPAM] == 0
    assert found.honest.share(Action.HOLD) <= 0.03


def test_most_spam_of_the_sample_is_held(found):
    assert found.spam.share(Action.APPROVE) <= 0.35


def test_spam_of_the_sample_ranks_above_honest_comments(found):
    assert found.learned.area >= 0.98
    assert found.points.area >= 0.98
    assert found.learned.recall_at(0.01).recall >= 0.9


def test_probabilities_of_the_sample_are_calibrated(found):
    assert calibration_error(found.bins) <= 0.08


def test_a_site_that_learns_from_the_sample_publishes_hardly_any_spam_and_refuses_no_honest_comment():
    found = judged(SAMPLE.read_text(encoding="utf-8").splitlines(), learning=True)
    assert found.spam.share(Action.APPROVE) <= 0.1
    assert found.honest.share(Action.HOLD) <= 0.2
    assert found.honest.of[Action.SPAM] == 0


def test_lessons_of_the_other_sources_find_the_spam_of_one():
    examples = read(SAMPLE.read_text(encoding="utf-8").splitlines()).examples
    found = make_report(list(across(examples, PLAIN, build_policy(BUILT_IN, {}))))
    assert found.spam.share(Action.APPROVE) <= 0.05
    assert found.spam.share(Action.SPAM) >= 0.5
    assert found.honest.of[Action.SPAM] == 0


def test_learning_publishes_less_of_a_campaign():
    words = ("Monday", "Tuesday", "Friday", "Sunday", "April", "June")
    campaign = [
        json.dumps({"text": f"Buy replica watch model {n}, {words[n % 6]}, watch{n}.example.top", "label": "spam"})
        for n in range(60)
    ]
    honest = [json.dumps({"text": f"On {words[n % 6]} I read chapter {n} again", "label": "ham"}) for n in range(60)]
    lines = [line for pair in zip(campaign, honest, strict=True) for line in pair]
    taught, untaught = judged(lines, learning=True), judged(lines)
    assert taught.spam.of[Action.APPROVE] <= untaught.spam.of[Action.APPROVE]
    assert 0 == taught.stages()[0][0].lessons < taught.stages()[-1][0].lessons
    assert untaught.stages() == []


def test_a_campaign_is_limited_by_quotas_as_on_a_site():
    corpus = ReplayCorpus()
    for example in read([json.dumps({"text": "I lend money to everybody", "label": "spam"})] * 30).examples:
        corpus.learn(lesson(example, held(example, log_odds=1.0)))
    assert corpus.about(a_comment(content="money")).spam == MAX_OF_CAMPAIGN


def test_an_approved_comment_raises_the_threshold_as_on_a_site():
    corpus = ReplayCorpus()
    for example in read([json.dumps({"text": "essay", "label": "ham"})]).examples:
        corpus.learn(lesson(example, held(example, log_odds=6.5)))
    assert corpus.about(a_comment()).ham_ceiling == 6.5
    assert corpus.about(a_comment()).residual == -100


def test_each_source_is_judged_with_lessons_of_the_others(tmp_path):
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
    assert "source, per 1,000" in ran.output
    assert [line.split()[:3] for line in ran.output.splitlines() if line.startswith(("a ", "b "))] == [
        [source, label, "9"] for source in "ab" for label in ("honest", "spam")
    ]
    file.write_text("\n".join(lines[::4]))
    assert CliRunner().invoke(cli, ["evaluate", str(file), "--cross"]).exit_code == 2


def test_a_site_is_evaluated_with_its_thresholds_and_its_deployments_weights(tmp_path):
    file, policy = tmp_path / "links.jsonl", tmp_path / "policy.toml"
    file.write_text(json.dumps({"text": "I wrote more at https://ada.example/essay", "label": "ham"}))
    storage = new_storage()
    storage.sites.put(a_site(moderation="suspicious", required=(), hold_at=2.5))
    said = []
    for weights in ("", '[weights]\n"links.some" = 40.0\n'):
        policy.write_text(weights)
        here = Deployment(settings(policy=policy), storage, OneQueue(), lambda: NOW)
        said.append(CliRunner().invoke(cli, ["evaluate", str(file), "--site", "blog"], obj=here).output)
    assert all("needs review from 2.5 points, spam from 8" in text for text in said)
    assert [text.splitlines()[5].split()[-3:] for text in said] == [["1000.0", "0.0", "0.0"], ["0.0", "1000.0", "0.0"]]


def test_a_malformed_line_is_named():
    for line, wrong in (
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('"text"', "is not a JSON object"),
        (b'{"text": "\xff", "label": "ham"}', "is not JSON in UTF-8"),
        ('{"label": "spam"}', "has no text"),
        ('{"text": 3, "label": "ham"}', "has no text"),
        ('{"text": "a"}', "has no label"),
    ):
        with pytest.raises(Invalid, match=f"line 2: {wrong}"):
            read(['{"text": "a", "label": "ham"}', line])


def test_a_file_of_another_kind_is_refused_with_its_first_lines():
    with pytest.raises(Invalid) as raised:
        read(["text,label"] * 2000)
    assert [problem.field for problem in raised.value.problems][-2:] == ["line 10", "and"]
    assert raised.value.problems[-1].message == "1990 more"


@pytest.mark.parametrize("label", ["spam", "Spam", 1, "1", True, "true"])
def test_many_labels_mean_spam(label):
    assert [e.spam for e in read([json.dumps({"text": "a", "label": label})]).examples] == [True]


@pytest.mark.parametrize("label", ["ham", "HAM", "honest", "not spam", "approved", 0, "0", False, "false"])
def test_many_labels_mean_ham(label):
    assert [e.spam for e in read([json.dumps({"text": "a", "label": label})]).examples] == [False]


def test_lines_with_unknown_labels_are_skipped_and_counted():
    lines = ['{"text": "a", "label": "toxic"}', "", '{"kind": "site", "id": "blog"}', '{"text": "a", "label": null}']
    found = read(lines)
    assert found.examples == ()
    assert found.left_out == {"toxic": 1, "none": 1}


def example_line(ts: object, text: str = "a") -> str:
    return json.dumps({"text": text, "label": "ham", "ts": ts})


@pytest.mark.parametrize(
    "ts", ["2026-11-22T12:00:00Z", "2026-11-22 12:00:00 +0000", "2026-11-22T12:00", 1795348800, 1795348800000]
)
def test_times_are_parsed_in_several_formats(ts):
    found = read([example_line(ts)])
    assert found.examples[0].comment.received == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert found.timeless == 0


def test_examples_are_sorted_by_time():
    found = read([example_line("2026-01-03"), example_line("2026-01-01"), example_line("2026-01-02")])
    assert [e.comment.received.day for e in found.examples] == [1, 2, 3]


@pytest.mark.parametrize("ts", ["1.745.412.234.123.970", "yesterday", None, "", 1e300, [2026]])
def test_without_times_the_order_is_random_but_reproducible(ts):
    lines = [json.dumps({"text": f"{n}", "label": "spam" if n < 50 else "ham", "ts": ts}) for n in range(100)]
    found = read([*lines, example_line("2026-01-01")])
    assert found.timeless == 100
    assert found == read([*lines, example_line("2026-01-01")])
    assert 15 < sum(example.spam for example in found.examples[:50]) < 35
    assert found.examples[-1].comment.received - found.examples[0].comment.received == timedelta(minutes=100)


def test_fields_are_read_as_in_a_submission():
    found = read([json.dumps({"text": " a\r\nb ", "author": "Ann ", "label": "ham"})])
    assert (found.examples[0].comment.content, found.examples[0].comment.author) == (" a\nb", "Ann")


def test_decisions_of_moderators_label_an_export():
    storage = new_storage()
    storage.sites.put(a_site())
    for action in (Action.SPAM, Action.APPROVE):
        moderated(storage, decided(storage, accepted(storage), Action.HOLD), action)
    decided(storage, accepted(storage), Action.APPROVE)
    found = read(export_lines(storage, a_site(), Pseudonyms(SECRET)))
    assert sorted(example.spam for example in found.examples) == [False, True]
    assert found.left_out == {NOT_DECIDED: 1}


def test_the_command_prints_figures_and_writes_a_page(tmp_path):
    page = tmp_path / "report.html"
    ran = CliRunner().invoke(cli, ["evaluate", str(SAMPLE), "--html", str(page)])
    assert ran.exit_code == 0, ran.output
    assert "recall at 0.1 %" in ran.output
    written = page.read_text(encoding="utf-8")
    assert written.count("<svg") == written.count("<title>") - 1 == 5
    assert "<script" not in written
    assert "style=" not in written


def test_texts_are_escaped_on_the_page(tmp_path):
    file, page = tmp_path / "hostile.jsonl", tmp_path / "report.html"
    file.write_text(json.dumps({"text": "</pre><script>alert(1)</script> fuck", "label": "ham"}))
    assert CliRunner().invoke(cli, ["evaluate", str(file), "--html", str(page)]).exit_code == 0
    assert "<script" not in page.read_text(encoding="utf-8")


def test_a_file_with_one_label_has_no_figures_that_need_two(tmp_path):
    file, page = tmp_path / "honest.jsonl", tmp_path / "report.html"
    file.write_text(json.dumps({"text": "I read it again", "label": "ham"}))
    ran = CliRunner().invoke(cli, ["evaluate", str(file), "--html", str(page)])
    assert ran.exit_code == 0, ran.output
    assert "nan" not in ran.output + page.read_text(encoding="utf-8")
    assert "recall at" not in ran.output


def test_skipped_lines_are_mentioned_next_to_the_report(tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_text("\n".join([example_line("2026-01-01"), example_line("soon"), '{"text": "a", "label": "toxic"}']))
    ran = CliRunner().invoke(cli, ["evaluate", str(file)])
    assert ran.stderr.splitlines() == [
        "skipped: 1 labelled “toxic”",
        "1 of 2 have no readable time, so all are shuffled",
    ]


def test_a_file_without_labels_is_reported_in_one_sentence(tmp_path):
    file = tmp_path / "empty.jsonl"
    file.write_text("")
    ran = CliRunner().invoke(cli, ["evaluate", str(file)])
    assert ran.exit_code == 1
    assert "no labelled comments" in ran.output


def test_moderators_who_look_rarely_teach_all_that_waited_at_once():
    lines = [line for line in SAMPLE.read_text(encoding="utf-8").splitlines() if json.loads(line)["label"] == "spam"]
    examples, policy = read(lines).examples[:9], build_policy(BUILT_IN, {})
    found = list(verdicts(examples, PLAIN, policy, ReplayCorpus.of(TokenCounts()), Moderation(reported=1.0, every=3)))
    assert [verdict.lessons for verdict in found] == [0, 0, 0, 3, 3, 3, 6, 6, 6]

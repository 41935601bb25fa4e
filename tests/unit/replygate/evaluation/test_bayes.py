"""The Bayesian filters of the benchmark agree with their published descriptions."""

import json
from itertools import islice
from pathlib import Path

import pytest

from bench.judge.bayes import NaiveBayes, SpamBayes, chi_squared
from training.generate import Example

ROWS = [json.loads(line) for line in (Path(__file__).parent / "sample.jsonl").read_text().splitlines()]
SAMPLE = [Example(row["text"], row["label"] == "spam", "sample", row.get("author", "")) for row in ROWS]


@pytest.mark.parametrize("make", [SpamBayes, NaiveBayes])
def test_a_trained_filter_separates_its_examples(make: type[SpamBayes] | type[NaiveBayes]) -> None:
    system = make()
    system.learn(SAMPLE)
    right = [(score > 0) is e.spam for e, score in zip(SAMPLE, system.scores(SAMPLE), strict=True)]
    assert sum(right) >= 0.95 * len(SAMPLE)


@pytest.mark.parametrize("make", [SpamBayes, NaiveBayes])
def test_lessons_add_up(make: type[SpamBayes] | type[NaiveBayes]) -> None:
    at_once, in_turn = make(), make()
    at_once.learn(SAMPLE)
    for example in SAMPLE:
        in_turn.learn([example])
    assert in_turn.scores(SAMPLE) == at_once.scores(SAMPLE)


@pytest.mark.parametrize("make", [SpamBayes, NaiveBayes])
def test_an_untrained_filter_scores_zero(make: type[SpamBayes] | type[NaiveBayes]) -> None:
    assert set(make().scores(list(islice(SAMPLE, 5)))) == {0.0}


def test_the_probability_of_a_rare_word_is_pulled_towards_one_half() -> None:
    system = SpamBayes()
    system.learn([Example("casino", True, "sample"), Example("garden", False, "sample")])
    assert system.probability("casino") == pytest.approx((0.45 * 0.5 + 1) / 1.45)
    assert system.probability("garden") == pytest.approx(0.45 * 0.5 / 1.45)
    assert system.probability("unheard") == 0.5


def test_chi_squared_agrees_with_published_tables() -> None:
    assert chi_squared(9.488, 2) == pytest.approx(0.05, abs=1e-4)
    assert chi_squared(18.307, 5) == pytest.approx(0.05, abs=1e-4)
    assert chi_squared(0.0, 3) == 1.0

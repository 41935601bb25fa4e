"""The scorer pool: it always answers within its budget, whatever the operator's scorer does."""

import threading
import time
from collections.abc import Iterator, Mapping

import pytest

from tests.support.builders import a_comment, a_site
from workers.filters import ScorerAnswer
from workers.scoring.scorer_pool import FAILURES, OUT_OF_TIME, PAUSED, Scorer, ScorerPool, parsed_answer

SITE = a_site(language="de")
#: Seconds that no test needs unless a limit is missing.
FOREVER = 30.0


class Counted:
    """A scorer that keeps what it was asked, and answers with a function."""

    def __init__(self, answer: Scorer = lambda fields: 0.5) -> None:
        self.asked: list[Mapping[str, str]] = []
        self._answer = answer

    def __call__(self, fields: Mapping[str, str]) -> object:
        self.asked.append(fields)
        return self._answer(fields)


def pool(
    scorer: Scorer, seconds: float = FOREVER, batch_seconds: float = FOREVER, pause: float = FOREVER
) -> ScorerPool:
    return ScorerPool(scorer, seconds, batch_seconds, hold_at=0.9, pause=pause)


def ask(asked: ScorerPool, *texts: str) -> list[ScorerAnswer]:
    return asked.ask([(a_comment(content=text), "") for text in texts], SITE)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """An event that ends all waiting scorers after the test."""
    event = threading.Event()
    yield event
    event.set()


def failing(fields: Mapping[str, str]) -> object:
    raise RuntimeError(fields["text"])


def test_the_scorer_gets_six_fields_and_no_personal_data() -> None:
    scorer = Counted()
    comment = a_comment(content="Hello", author="Ada", email="ada@mail.example", url="https://a.example", origin="net")
    pool(scorer).ask([(comment, "A title")], SITE)
    assert scorer.asked == [
        {"text": "Hello", "name": "Ada", "website": "https://a.example", "language": "de"}
        | {"thread": comment.thread, "title": "A title"}
    ]


def test_answers_are_in_the_order_of_the_comments() -> None:
    answers = ask(pool(lambda fields: {"spam": float(fields["text"]), "reason": "r"}), "0.1", "0.9", "0.4")
    assert [(a.probability, a.reason, a.failure) for a in answers] == [(0.1, "r", ""), (0.9, "r", ""), (0.4, "r", "")]


def test_the_same_text_is_asked_about_once() -> None:
    scorer = Counted()
    of_scorer = pool(scorer)
    assert [a.probability for a in (*ask(of_scorer, "a", "a", "b"), *ask(of_scorer, "b", "a"))] == [0.5] * 5
    assert sorted(fields["text"] for fields in scorer.asked) == ["a", "b"]


def test_failures_are_not_cached() -> None:
    answers = iter((2, 0.25))
    of_scorer = pool(lambda fields: next(answers))
    assert ask(of_scorer, "a")[0].failure == "no answer: ValueError"
    assert ask(of_scorer, "a")[0].probability == 0.25


def test_an_exception_is_a_note_without_its_text() -> None:
    assert ask(pool(failing), "a secret") == [ScorerAnswer(failure="no answer: RuntimeError")]


def test_one_comment_that_takes_too_long_does_not_delay_the_others(release: threading.Event) -> None:
    slow = pool(lambda fields: release.wait(FOREVER) and 1 if fields["text"] == "slow" else 0.5, seconds=1.0)
    begun = time.monotonic()
    assert [a.failure for a in ask(slow, "slow", "b", "c")] == [OUT_OF_TIME, "", ""]
    assert time.monotonic() - begun < FOREVER / 3


def test_a_batch_costs_its_budget_at_most(release: threading.Event) -> None:
    stuck = pool(lambda fields: release.wait(FOREVER), batch_seconds=0.1)
    begun = time.monotonic()
    answers = ask(stuck, *map(str, range(50)))
    assert time.monotonic() - begun < FOREVER / 3
    assert {a.failure for a in answers} == {OUT_OF_TIME, PAUSED}


def test_a_batch_that_is_too_large_does_not_pause_a_scorer_that_works() -> None:
    of_scorer = pool(lambda fields: time.sleep(0.1) or 0.5, batch_seconds=1.0)
    first = [a.failure for a in ask(of_scorer, *map(str, range(200)))]
    assert "" in first
    assert first[-1] == OUT_OF_TIME
    assert ask(of_scorer, "another")[0].failure == ""


def test_after_repeated_failures_the_scorer_is_left_alone() -> None:
    scorer = Counted(failing)
    of_scorer = pool(scorer)
    for n in range(FAILURES):
        ask(of_scorer, str(n))
    assert ask(of_scorer, "more")[0].failure == PAUSED
    assert len(scorer.asked) == FAILURES


def test_a_scorer_that_stops_working_in_the_middle_of_a_batch_is_left_alone() -> None:
    of_scorer = pool(lambda fields: 0.5 if fields["text"] == "first" else failing(fields))
    answers = ask(of_scorer, "first", *map(str, range(FAILURES)), "more")
    assert [answers[0].failure, answers[-1].failure] == ["", PAUSED]


def test_after_the_pause_one_comment_tries_the_scorer_and_then_all_are_asked() -> None:
    works = threading.Event()
    scorer = Counted(lambda fields: 0.5 if works.is_set() else failing(fields))
    of_scorer = pool(scorer, pause=0.0)
    for n in range(FAILURES):
        ask(of_scorer, str(n))
    works.set()
    assert [a.failure for a in ask(of_scorer, "c", "d")] == ["", ""]


def test_a_failed_try_after_the_pause_begins_another_pause() -> None:
    scorer = Counted(failing)
    of_scorer = pool(scorer, pause=0.5)
    ask(of_scorer, *map(str, range(FAILURES)))
    until, answer = time.monotonic() + FOREVER, ScorerAnswer(failure=PAUSED)
    while answer.failure == PAUSED and time.monotonic() < until:
        asked_before = len(scorer.asked)
        answer, following = ask(of_scorer, "a", "b")
    assert (answer.failure, following.failure) == ("no answer: RuntimeError", PAUSED)
    assert len(scorer.asked) == asked_before + 1


@pytest.mark.parametrize("wrong", [None, True, "0.5", -0.1, 1.5, float("nan"), {}, {"spam": None}, [0.5]])
def test_what_is_no_probability_is_no_answer(wrong: object) -> None:
    with pytest.raises(ValueError, match="not"):
        parsed_answer(wrong, 0.9)


def test_a_reason_is_one_short_line() -> None:
    assert parsed_answer({"spam": 1, "reason": "a\n\x1b[31m b" + "x" * 500}, 0.9).reason.startswith("a [31m bxx")
    assert len(parsed_answer({"spam": 1, "reason": "x" * 500}, 0.9).reason) == 200

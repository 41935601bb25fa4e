"""Explanations: the smallest change that would have approved a comment."""

import pytest

from comments.explanations import explanation, smallest_changes
from comments.lifecycle import Action
from comments.model import Decision, Signal
from comments.signals import Override, SignalInfo
from tests.support.builders import a_decision
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

SIGNALS = catalogue(BUILT_IN)


def decision(*signals: Signal, action: Action = Action.HOLD) -> Decision:
    score = round(sum(s.points for s in signals), 3)
    return a_decision(action, score=score, signals=signals, hold_at=3.0, spam_at=8.0)


def sentence(*signals: Signal, action: Action = Action.HOLD) -> str:
    return explanation(decision(*signals, action=action), SIGNALS)


def points(name: str, n: float) -> Signal:
    return Signal(name, 1.0, "seen", n)


FIRST = Signal("author.first", 1.0, "First comment by this author", holds=True)


def test_an_approved_comment_needs_no_change() -> None:
    assert sentence(points("links.some", 1.0), action=Action.APPROVE) == ""


def test_a_new_author_needs_one_approved_comment() -> None:
    assert sentence(FIRST) == "Would be published if the author were known."


def test_the_strongest_signal_is_weakened_just_enough() -> None:
    assert sentence(points("links.many", 3.6), points("links.author", 0.5)) == (
        "Would be published if it had fewer links."
    )


def test_if_one_change_is_not_enough_the_next_signal_is_weakened() -> None:
    found = smallest_changes(
        decision(points("bayes.spam", 5.0), points("links.many", 4.0), points("links.author", 0.5)), SIGNALS
    )
    assert [(c.signal, c.below) for c in found] == [("bayes.spam", None), ("links.many", 2.5)]


def test_signals_that_hold_and_points_are_both_named() -> None:
    assert sentence(FIRST, points("links.many", 3.0)) == (
        "Would be published if the author were known and it had fewer links."
    )


def test_a_held_word_is_named() -> None:
    assert (
        sentence(Signal("words.hold", 1.0, "casino", holds=True)) == "Would be published if it did not contain casino."
    )


def test_a_rejected_word_can_only_be_absent() -> None:
    rejected = Signal("words.reject", 1.0, "casino", 8.0)
    assert sentence(rejected, action=Action.SPAM) == "Would be published if it did not contain casino."


def test_words_and_traits_are_not_in_the_sentence() -> None:
    assert sentence(Signal("learned.spam", 0.4, "telephone number, link", 4.0)) == (
        "Would be published if the text looked less like advertising."
    )


@pytest.mark.parametrize("name", [name for name, info in SIGNALS.items() if info.avoided_by])
def test_every_explanation_is_in_words_and_not_the_name_of_the_signal(name: str) -> None:
    info = SIGNALS[name]
    holds = info.weight in (Override.HOLD, Override.PERSON)
    n = 8.0 if isinstance(info.weight, Override) else 10 * info.weight
    assert name not in sentence(Signal(name, 1.0, "seen", holds=True) if holds else points(name, n))


def test_three_changes_are_listed_and_more_are_summed_up() -> None:
    held = [FIRST, *(Signal(name, 1.0, "x", holds=True) for name in ("toxicity.attack", "gibberish.text"))]
    assert sentence(*held) == (
        "Would be published if the author were known, it attacked nobody and it consisted of words."
    )
    assert sentence(*held, Signal("links.added", 1.0, "x.example", holds=True)) == (
        "Would be published if the author were known, it attacked nobody and nothing else spoke against it."
    )


def test_one_change_for_two_signals_is_named_once() -> None:
    twice = [Signal("learned.certain", 0.97, "97% spam by its text", holds=True), points("learned.spam", 4.0)]
    assert sentence(*twice) == "Would be published if the text looked less like advertising."


def test_a_signal_of_another_version_is_shown_by_its_name() -> None:
    assert sentence(Signal("new.one", 1.0, "x", holds=True)) == (
        "Would be published if “new.one” were not among the reasons."
    )


def test_a_signal_that_is_not_gradual_can_only_be_absent() -> None:
    signals = {"odd.one": SignalInfo(4.0, "odd", "it were even")}
    (change,) = smallest_changes(decision(points("odd.one", 4.0)), signals)
    assert (change.text, change.below) == ("it were even", None)


@pytest.mark.parametrize("weights", [(3.0,), (2.0, 2.0), (1.0, 1.0, 1.0, 1.0), (9.0, -2.0), (4.0, 3.5, 2.0, -1.0)])
def test_all_changes_together_are_enough_and_each_is_necessary(weights: tuple[float, ...]) -> None:
    given = decision(*(points(f"s{n}", w) for n, w in enumerate(weights)))
    found = {c.signal: 0.0 if c.below is None else c.below - 0.001 for c in smallest_changes(given, SIGNALS)}
    assert found

    def score(without: str = "") -> float:
        changed = {name: n for name, n in found.items() if name != without}
        return sum(changed.get(s.name, s.points) for s in given.signals)

    assert score() < given.hold_at
    assert all(score(without=name) >= given.hold_at for name in found)

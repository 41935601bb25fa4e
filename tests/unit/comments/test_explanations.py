"""What would have had to be otherwise for a comment to be approved."""

import pytest

from comments.explanations import changes, words
from comments.lifecycle import Action
from comments.model import Decision, Signal
from tests.support.builders import a_decision
from workers.filters import BUILT_IN, Mark, Weight


def verdict(*signals: Signal, action: Action = Action.HOLD) -> Decision:
    score = round(sum(s.points for s in signals), 3)
    return a_decision(action, score=score, signals=signals, hold_at=3.0, spam_at=8.0)


def points(name: str, n: float) -> Signal:
    return Signal(name, 1.0, "seen", n)


FIRST = Signal("author.first", 1.0, "no comment of this author was approved here before", holds=True)


def test_what_was_approved_needs_no_change() -> None:
    assert words(verdict(points("links.some", 1.0), action=Action.APPROVE)) == ""


def test_a_newcomer_needs_one_approved_comment() -> None:
    assert words(verdict(FIRST)) == "Approved if a person had approved one comment of this author here."


def test_the_strongest_signal_is_weakened_just_far_enough() -> None:
    said = words(verdict(points("links.many", 3.6), points("links.author", 0.5)))
    assert said == "Approved if it had fewer links, for less than 2.5 points instead of 3.6."


def test_where_one_is_not_enough_it_goes_and_the_next_is_weakened() -> None:
    found = changes(verdict(points("bayes.spam", 5.0), points("links.many", 4.0), points("links.author", 0.5)))
    assert [(c.signal, c.below) for c in found] == [("bayes.spam", None), ("links.many", 2.5)]


def test_what_holds_must_go_and_points_too() -> None:
    said = words(verdict(FIRST, points("links.many", 3.0)))
    assert said == (
        "Approved if a person had approved one comment of this author here "
        "and if it had fewer links, for less than 3 points instead of 3."
    )


def test_a_word_is_named() -> None:
    assert words(verdict(Signal("words.hold", 1.0, "casino", holds=True))) == "Approved if it did not contain casino."


def test_a_word_the_site_rejects_is_there_or_not() -> None:
    rejected = Signal("words.reject", 1.0, "casino", 8.0)
    assert words(verdict(rejected, action=Action.SPAM)) == "Approved if it did not contain casino."


def test_what_it_read_like_is_told() -> None:
    said = words(verdict(Signal("learned.spam", 0.4, "telephone number, link", 4.0)))
    assert said == "Approved if it read less like spam (telephone number, link), for less than 3 points instead of 4."


@pytest.mark.parametrize(("name", "weight"), [pair for f in BUILT_IN for pair in f.weights.items()])
def test_no_signal_of_a_filter_is_told_by_its_name_alone(name: str, weight: Weight) -> None:
    holds = weight in (Mark.HOLD, Mark.PERSON)
    n = 8.0 if isinstance(weight, Mark) else 10 * weight
    assert name not in words(verdict(Signal(name, 1.0, "seen", holds=True) if holds else points(name, n)))


def test_a_signal_of_a_later_program_is_named_by_its_name() -> None:
    assert words(verdict(Signal("new.one", 1.0, "x", holds=True))) == "Approved if new.one had not been seen."


@pytest.mark.parametrize("weights", [(3.0,), (2.0, 2.0), (1.0, 1.0, 1.0, 1.0), (9.0, -2.0), (4.0, 3.5, 2.0, -1.0)])
def test_with_the_changes_the_score_is_below_the_threshold_and_without_any_one_it_is_not(weights: tuple) -> None:
    decision = verdict(*(points(f"s{n}", w) for n, w in enumerate(weights)))
    found = {c.signal: 0.0 if c.below is None else c.below - 0.001 for c in changes(decision)}
    assert found

    def score(without: str = "") -> float:
        changed = {name: n for name, n in found.items() if name != without}
        return sum(changed.get(s.name, s.points) for s in decision.signals)

    assert score() < decision.hold_at
    assert all(score(without=name) >= decision.hold_at for name in found)

"""Declarations of signals: each has a meaning and an advice that avoids it."""

import pytest

from comments.signals import Override, SignalInfo, missing_declarations
from workers.filters import BUILT_IN
from workers.judging.policy import JUDGE_SIGNALS, catalogue


def test_every_signal_of_every_filter_is_declared_in_full() -> None:
    assert missing_declarations(catalogue(BUILT_IN)) == []


def test_every_signal_has_its_own_short_label_for_the_queue() -> None:
    labels = [info.label for info in catalogue(BUILT_IN).values()]
    assert all(0 < len(label) <= 25 for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("info", "complaint"),
    [
        (SignalInfo(2.0, "", "it were shorter"), "a.b: meaning is missing"),
        (SignalInfo(2.0, "it is long"), "a.b: avoided_by is missing"),
        (SignalInfo(Override.HOLD, "it is long"), "a.b: avoided_by is missing"),
        (SignalInfo(2.0, "it is long", "it were shorter", harm=0.5), "a.b: harm is below 1"),
    ],
)
def test_a_missing_declaration_is_named(info: SignalInfo, complaint: str) -> None:
    assert missing_declarations({"a.b": info}) == [complaint]


def test_a_signal_for_the_comment_needs_no_explanation() -> None:
    assert missing_declarations({"a.b": SignalInfo(-2.0, "it is short")}) == []


def test_signals_that_hurt_or_come_in_campaigns_have_more_harm_than_advertising() -> None:
    harm = {name: info.harm for name, info in catalogue(BUILT_IN).items()}
    assert harm["words.hold"] == harm["toxicity.attack"] == harm["reported.readers"] == 3.0
    assert harm["duplicates.here"] == harm["velocity.origin"] == harm["author.spammed"] == 2.0
    assert harm["links.many"] == 1.5
    assert harm["learned.spam"] == 1.0


def test_the_judges_own_signals_are_in_the_catalogue() -> None:
    assert catalogue(()) == JUDGE_SIGNALS

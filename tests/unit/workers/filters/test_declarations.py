"""Declarations of signals: each has a meaning and an advice that avoids it."""

import re

import pytest

from comments.model import Signal
from comments.signals import (
    LINKS_TRUSTED,
    PUBLISHED_UNSEEN,
    Override,
    SignalInfo,
    missing_declarations,
    signal_sentence,
)
from workers.filters import BUILT_IN
from workers.judging.policy import JUDGE_SIGNALS, catalogue


def test_every_signal_of_every_filter_is_declared_in_full() -> None:
    assert missing_declarations(catalogue(BUILT_IN)) == []


def declared() -> list[tuple[str, SignalInfo]]:
    return list(catalogue(BUILT_IN).items())


def test_every_signal_has_its_own_title_of_two_to_five_words() -> None:
    titles = [info.title for _, info in declared()]
    assert [title for title in titles if not 2 <= len(title.split()) <= 5 or len(title) > 32] == []
    assert [title for title in titles if title[:1] != title[:1].upper() or title.endswith(".")] == []
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("name", "info"), declared())
def test_every_sentence_is_plain_english(name: str, info: SignalInfo) -> None:
    sentence = signal_sentence({name: info}, Signal(name, 1.0, "it has what it has"))
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not sentence.endswith("..")
    text = f"{info.title} {sentence} {info.avoided_by.replace('{evidence}', 'it')}"
    assert not re.search(r"[a-z]:[a-z]|[{}_`~]|[+-]\d|\w\.\w", text), text
    assert name not in text


@pytest.mark.parametrize(("name", "info"), declared())
def test_a_sentence_without_evidence_is_still_one(name: str, info: SignalInfo) -> None:
    sentence = signal_sentence({name: info}, Signal(name, 1.0, ""))
    assert re.fullmatch(r"[A-Z][^{}]+[^ :,.]\.", sentence)


@pytest.mark.parametrize(("name", "info"), declared())
def test_the_color_of_a_signal_agrees_with_its_points(name: str, info: SignalInfo) -> None:
    speaks_for = (isinstance(info.weight, float) and info.weight < 0) or name in (PUBLISHED_UNSEEN, LINKS_TRUSTED)
    assert (info.tone == "good") is speaks_for
    assert (info.weight is not Override.REJECT) or info.tone == "bad"


FULL = {"title": "Too long", "sentence": "It is long."}


@pytest.mark.parametrize(
    ("info", "complaint"),
    [
        (SignalInfo(2.0, "", "it were shorter", **FULL), "a.b: meaning is missing"),
        (SignalInfo(2.0, "it is long", **FULL), "a.b: avoided_by is missing"),
        (SignalInfo(Override.HOLD, "it is long", **FULL), "a.b: avoided_by is missing"),
        (SignalInfo(2.0, "it is long", "it were shorter", harm=0.5, **FULL), "a.b: harm is below 1"),
        (SignalInfo(2.0, "it is long", "it were shorter", title="Too long"), "a.b: sentence is missing"),
        (SignalInfo(2.0, "it is long", "it were shorter", sentence="It is long."), "a.b: title is missing"),
    ],
)
def test_a_missing_declaration_is_named(info: SignalInfo, complaint: str) -> None:
    assert missing_declarations({"a.b": info}) == [complaint]


def test_a_signal_for_the_comment_needs_no_explanation() -> None:
    assert missing_declarations({"a.b": SignalInfo(-2.0, "it is short", **FULL)}) == []


def test_signals_that_hurt_or_come_in_campaigns_have_more_harm_than_advertising() -> None:
    harm = {name: info.harm for name, info in catalogue(BUILT_IN).items()}
    assert harm["words.hold"] == harm["toxicity.attack"] == harm["reported.readers"] == 3.0
    assert harm["duplicates.here"] == harm["velocity.origin"] == harm["author.spammed"] == 2.0
    assert harm["links.many"] == 1.5
    assert harm["learned.spam"] == 1.0


def test_the_judges_own_signals_are_in_the_catalogue() -> None:
    assert catalogue(()) == JUDGE_SIGNALS

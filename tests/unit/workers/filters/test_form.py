"""Signals of the form: its token, its speed, and its proof of work."""

import pytest

from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen, strengths
from workers.filters.form import FormFilter


def test_a_comment_without_a_form_gives_no_signal():
    assert seen(FormFilter()) == {}
    assert seen(FormFilter(), a_comment(form_token="valid", form_seconds=40)) == {}


@pytest.mark.parametrize(("seconds", "strength"), [(0, 1.0), (1, 2 / 3), (2, 1 / 3)])
def test_a_faster_submission_gives_a_stronger_signal(seconds: int, strength: float):
    fast = a_comment(form_token="valid", form_seconds=seconds)
    assert strengths(FormFilter(), fast) == {"form.too-fast": pytest.approx(strength)}


def test_three_seconds_give_no_signal():
    assert seen(FormFilter(), a_comment(form_token="valid", form_seconds=3)) == {}


def test_an_invalid_token_is_worse_than_a_missing_one():
    assert strengths(FormFilter(), a_comment(form_token="invalid"), form_token="expected") == {
        "form.token-invalid": 1.0
    }


def test_a_missing_token_counts_only_if_one_is_expected():
    assert strengths(FormFilter(), form_token="expected") == {"form.token-missing": 1.0}
    assert seen(FormFilter(), form_token="off") == {}


def test_a_missing_proof_of_work_holds_and_adds_no_points():
    signals = seen(FormFilter(), a_comment(form_proof="missing")).values()
    decision = policy(FormFilter()).decide(signals, NOW)
    assert (decision.action, decision.score) == (Action.HOLD, 0.0)
    assert seen(FormFilter(), a_comment(form_proof="valid")) == {}


def test_a_form_alone_never_holds_by_points():
    worst = a_comment(form_token="invalid", form_seconds=0)
    for comment in (a_comment(form_token="invalid"), a_comment(form_token="valid", form_seconds=0)):
        assert policy(FormFilter()).decide(seen(FormFilter(), comment).values(), NOW).action is Action.APPROVE
    assert policy(FormFilter()).decide(seen(FormFilter(), worst).values(), NOW).action is not Action.SPAM

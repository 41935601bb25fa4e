"""A share of automatic decisions goes to a moderator as a spot check."""

import pytest

from comments.lifecycle import Action
from comments.model import Signal
from comments.storage.values import TokenCounts
from tests.support.builders import NOW, a_comment, a_site
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import decision_for, is_spot_check
from workers.judging.policy import build_policy

TAUGHT = TokenCounts(15, 15)
ADVERT = "Guaranteed loans without collateral, write to our WhatsApp +1 202 555 0101 now"


def audited(signal: str, known: TokenCounts = TAUGHT, **choices: object) -> list[Action]:
    """Return the decisions about a thousand comments that all give one signal."""
    facts = Facts(a_site(**choices), NOW, corpus=known)
    policy = build_policy(BUILT_IN, {})
    content = ADVERT if signal == "learned.spam" else "I like the second picture."
    comments = (a_comment(id=f"comment-{n}", content=content) for n in range(1000))
    return [decision_for(comment, facts, [Signal(signal, 1.0, "")], policy).action for comment in comments]


@pytest.mark.parametrize(("signal", "usual"), [("learned.ham", Action.APPROVE), ("learned.spam", Action.SPAM)])
def test_some_automatic_decisions_become_spot_checks(signal, usual):
    actions = audited(signal)
    assert 5 <= actions.count(Action.HOLD) <= 40
    assert actions.count(usual) + actions.count(Action.HOLD) == 1000
    assert audited(signal) == actions


def test_no_spot_checks_if_turned_off_or_with_few_lessons():
    assert set(audited("learned.ham", audit_share=0.0)) == {Action.APPROVE}
    assert set(audited("learned.ham", TokenCounts(14, 100))) == {Action.APPROVE}


def test_comments_rejected_by_the_sites_words_are_not_spot_checked():
    assert set(audited("words.reject", audit_share=1.0)) == {Action.SPAM}


def test_a_spot_check_names_the_decision_of_the_filters():
    facts = Facts(a_site(audit_share=1.0), NOW, corpus=TAUGHT)
    found = decision_for(a_comment(), facts, [], build_policy(BUILT_IN, {}))
    assert [(s.name, s.holds) for s in found.signals] == [("audit.sample", True)]
    assert found.signals[0].evidence.endswith("which would have published it")
    assert is_spot_check("any", facts)

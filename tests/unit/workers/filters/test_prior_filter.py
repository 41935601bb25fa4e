"""The prior filter raises doubt from the first day, and refuses nothing before a site has taught it."""

import pytest

from comments.lifecycle import Action
from comments.storage import TokenCounts
from tests.builders import NOW, a_comment, a_site
from tests.unit.workers.about import facts, policy, seen
from workers.filters.prior import CERTAIN, FAINT, HOLDS, Prior, strength
from workers.judge import ask

SPAM = '<a href="http://best-casino-bonus.example.top">best casino bonus</a> play now and win http://bit.ly/x7y2'
HONEST = "The premier should have read the report before he cut the transit budget."


def decided(content: str, **known: object) -> Action:
    asked = (Prior(),)
    return policy(*asked).decide(ask(a_comment(author="", content=content), facts(**known), asked), NOW).action


def test_advertising_is_held_on_a_site_that_taught_nothing() -> None:
    assert decided(SPAM) is Action.HOLD


def test_it_has_more_than_holds_only_once_the_site_taught_enough() -> None:
    comment = a_comment(author="", content=SPAM)
    cold, warm = (seen(Prior(), comment, corpus=TokenCounts(n, 15))["prior.spam"].strength for n in (14, 15))
    assert policy(Prior()).weights["prior.spam"] * cold < a_site().spam_at / 2 + 0.1
    assert warm > cold


def test_the_reasons_are_told_in_plain_words() -> None:
    signal = seen(Prior(), a_comment(author="", content=SPAM))["prior.spam"]
    assert "link" in signal.evidence
    assert len(signal.evidence.split(", ")) <= 4


def test_honest_words_speak_for_a_comment() -> None:
    assert seen(Prior(), a_comment(content=HONEST)).keys() == {"prior.ham"}


def test_the_bias_is_no_reason() -> None:
    for content in (SPAM, HONEST, "", "ok"):
        assert not [s for s in seen(Prior(), a_comment(content=content)).values() if "before anything" in s.evidence]


@pytest.mark.parametrize(("log_odds", "expected"), [(FAINT, 0.0), (HOLDS, 0.3), (CERTAIN, 1.0), (40.0, 1.0)])
def test_strength_grows_with_the_log_odds(log_odds: float, expected: float) -> None:
    assert strength(log_odds) == pytest.approx(expected)


def test_what_holds_alone_has_the_points_to() -> None:
    weights = policy(Prior())
    assert weights.weights["prior.spam"] * strength(HOLDS) == pytest.approx(weights.hold_at)

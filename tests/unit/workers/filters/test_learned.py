"""The learned filter holds from the first day, and calls nothing spam before the site has enough lessons."""

import math
from typing import get_args, get_type_hints

import pytest

from comments.lifecycle import Action
from comments.site import Site
from comments.storage.values import TokenCounts
from tests.support.builders import NOW, a_comment, a_site
from tests.unit.workers.about import policy, seen
from workers.filters.learned import LearnedFilter, reasons, spam_strength
from workers.learning.combined_model import (
    DEFAULT_REFUSALS,
    REFUSAL_RULES,
    CombinedScore,
    combined_score,
    hold_threshold,
)
from workers.learning.site_model import TRAIT, tokens

ADVERT = a_comment(
    author="", content='<a href="http://best-casino-bonus.example.top">best casino bonus</a> win now http://bit.ly/x7y2'
)
HONEST = a_comment(content="The premier should have read the report before he cut the transit budget.")
WATCHES = a_comment(
    author="", content="Buy cheap watches and pills online, order today at http://cheap-watches.example.top"
)
NOTHING = TokenCounts()


def corpus(ham: int, spam: int, bar: float = 0.0) -> TokenCounts:
    """Lessons of spam with the words of WATCHES, and of ham with others."""
    of_spam = dict.fromkeys(tokens(WATCHES), (0, spam))
    return TokenCounts(ham, spam, of_spam | {"essay": (ham, 0), "reading": (ham, 0)}, bar)


def action(comment=WATCHES, known=NOTHING) -> Action:
    return policy(LearnedFilter()).decide(seen(LearnedFilter(), comment, corpus=known).values(), NOW).action


def test_advertising_is_held_on_a_site_that_taught_nothing():
    assert action(ADVERT) is Action.HOLD


def test_honest_words_speak_for_a_comment():
    assert seen(LearnedFilter(), HONEST).keys() == {"learned.ham"}


def test_before_thirty_lessons_nothing_is_spam():
    assert {action(known=corpus(ham, spam)) for ham in range(15) for spam in (0, 1, 15, 1000)} <= {
        Action.APPROVE,
        Action.HOLD,
    }


def test_what_the_site_called_spam_is_held_soon_and_refused_after_thirty_lessons():
    assert action(known=corpus(15, 14)) is Action.HOLD
    assert action(known=corpus(100, 100)) is Action.SPAM


def test_what_honest_comments_reached_lately_is_held_and_not_refused():
    assert action(known=corpus(100, 100, bar=combined_score(WATCHES, corpus(100, 100)).log_odds + 1)) is Action.HOLD


def test_an_approval_speaks_for_what_resembles_it():
    words = dict.fromkeys(tokens(WATCHES), (20, 0))
    taught_so = TokenCounts(20, 20, words | {"other": (0, 20)})
    assert combined_score(WATCHES, taught_so).log_odds < combined_score(WATCHES, TokenCounts()).log_odds - 1


def test_the_words_that_speak_are_shown():
    assert "in 20 spam and 0 approved" in seen(LearnedFilter(), WATCHES, corpus=corpus(20, 20))["learned.spam"].evidence


def test_what_only_looks_so_is_told_without_quotes():
    looks = {token: (0, 20) for token in tokens(WATCHES) if token.startswith(TRAIT)}
    evidence = seen(LearnedFilter(), WATCHES, corpus=TokenCounts(20, 20, looks))["learned.spam"].evidence
    assert "link in 20 spam and 0 approved" in evidence
    assert "one link in 20 spam" in evidence
    assert TRAIT not in evidence


def test_the_shipped_reasons_are_told_in_plain_words_and_the_bias_is_none():
    assert "link" in seen(LearnedFilter(), ADVERT)["learned.spam"].evidence
    for comment in (ADVERT, HONEST, a_comment(content="ok")):
        assert not [s for s in seen(LearnedFilter(), comment).values() if "before anything" in s.evidence]


def test_without_a_reason_that_could_be_told_the_side_is_told():
    assert reasons(HONEST, TokenCounts(), {}, spam=False) == "Reads like honest comments"
    assert reasons(a_comment(content="", author=""), TokenCounts(), {}, spam=True) == "Reads like spam"


@pytest.mark.parametrize(
    ("log_odds", "spam_at", "expected"),
    [(-50.0, math.inf, 0.0), (3.0, math.inf, 0.3), (50.0, math.inf, 0.4), (5.0, 5.0, 0.8), (50.0, 5.0, 1.0)],
)
def test_strength_grows_with_the_log_odds(log_odds, spam_at, expected):
    assert spam_strength(CombinedScore(log_odds, 3.0, spam_at)) == pytest.approx(expected)


def test_of_what_is_held_the_likelier_spam_has_more_points():
    points = [spam_strength(CombinedScore(log_odds, 3.0, math.inf)) for log_odds in (3.0, 4.0, 6.0, 9.0)]
    assert points == sorted(set(points))


def test_what_holds_has_the_points_to_and_what_refuses_too():
    weights = policy(LearnedFilter())
    assert weights.weights["learned.spam"] * 0.3 == pytest.approx(weights.hold_at)
    assert weights.weights["learned.spam"] * 0.8 == pytest.approx(weights.spam_at)


def test_a_probability_is_one_also_at_the_ends():
    assert [CombinedScore(x, 0, 0).probability for x in (-1e9, 0.0, 1e9)] == [pytest.approx(p) for p in (0.0, 0.5, 1.0)]


def test_a_site_chooses_how_many_honest_replies_may_be_refused():
    assert tuple(REFUSAL_RULES) == get_args(get_type_hints(Site)["refusals"])
    assert a_site().refusals == DEFAULT_REFUSALS
    bars = [care.spam_at(corpus(100, 100, bar=4.0)) for care in REFUSAL_RULES.values()]
    assert bars == sorted(bars, reverse=True)
    assert (bars[0], bars[2]) == (math.inf, 4.25)


def test_where_no_honest_reply_may_be_refused_what_is_learned_only_holds():
    signals = seen(LearnedFilter(), WATCHES, refusals="none", corpus=corpus(500, 500))
    assert policy(LearnedFilter()).decide(signals.values(), NOW).action is Action.HOLD


def test_the_more_was_taught_of_both_the_lower_is_the_bar():
    bars = [REFUSAL_RULES[DEFAULT_REFUSALS].spam_at(TokenCounts(n, n)) for n in (14, 15, 115, 10_000)]
    assert bars == sorted(bars, reverse=True)
    assert bars[:2] == [math.inf, REFUSAL_RULES[DEFAULT_REFUSALS].fresh]
    assert bars[3] == pytest.approx(REFUSAL_RULES[DEFAULT_REFUSALS].taught, abs=0.1)
    assert REFUSAL_RULES[DEFAULT_REFUSALS].spam_at(TokenCounts(15, 10_000)) == REFUSAL_RULES[DEFAULT_REFUSALS].fresh


def test_the_more_was_taught_of_both_the_more_the_site_says():
    said = [combined_score(WATCHES, corpus(n, n)).log_odds for n in (0, 1, 7, 100)]
    assert said == sorted(said)
    assert combined_score(WATCHES, corpus(0, 500)).log_odds == pytest.approx(combined_score(WATCHES, NOTHING).log_odds)


def test_a_site_that_called_nothing_spam_holds_what_is_surely_suspicious():
    assert hold_threshold(corpus(1000, 0)) == hold_threshold(NOTHING)


def test_lessons_of_spam_make_a_site_ask_sooner_and_those_of_both_later_again():
    assert hold_threshold(corpus(0, 20)) < hold_threshold(NOTHING)
    assert hold_threshold(corpus(0, 20)) < hold_threshold(corpus(20, 20)) < hold_threshold(NOTHING)

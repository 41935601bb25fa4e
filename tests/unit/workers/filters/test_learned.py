"""The learned filter holds from the first day, and calls nothing spam before the site has enough lessons."""

import math
from dataclasses import replace
from typing import get_args, get_type_hints

import pytest

from comments.lifecycle import Action
from comments.probability import probability
from comments.site import Site
from comments.storage.values import TokenCounts
from tests.support.builders import NOW, a_comment, a_site
from tests.unit.workers.about import policy, seen
from workers.filters.learned import LearnedFilter, reasons, spam_strength
from workers.learning.combined_model import (
    DEFAULT_REFUSALS,
    MAX_SHIFT,
    REFUSAL_RULES,
    SHIFT_RATE,
    CombinedScore,
    calibration_shift,
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
    """Return lessons of spam with the words of WATCHES, and lessons of ham with other words."""
    of_spam = dict.fromkeys(tokens(WATCHES), (0, spam))
    return TokenCounts(ham, spam, of_spam | {"essay": (ham, 0), "reading": (ham, 0)}, bar)


def action(comment=WATCHES, known=NOTHING) -> Action:
    return policy(LearnedFilter()).decide(seen(LearnedFilter(), comment, corpus=known).values(), NOW).action


def test_advertising_is_held_on_a_site_without_lessons():
    assert action(ADVERT) is Action.HOLD


def test_honest_words_lower_the_points():
    assert seen(LearnedFilter(), HONEST).keys() == {"learned.ham"}


def test_nothing_is_spam_before_thirty_lessons():
    assert {action(known=corpus(ham, spam)) for ham in range(15) for spam in (0, 1, 15, 1000)} <= {
        Action.APPROVE,
        Action.HOLD,
    }


def test_similar_spam_is_held_soon_and_spam_after_thirty_lessons():
    assert action(known=corpus(15, 14)) is Action.HOLD
    assert action(known=corpus(100, 100)) is Action.SPAM


def test_scores_that_recent_honest_comments_reached_only_hold():
    assert action(known=corpus(100, 100, bar=combined_score(WATCHES, corpus(100, 100)).log_odds + 1)) is Action.HOLD


def test_an_approval_lowers_the_points_of_similar_comments():
    words = dict.fromkeys(tokens(WATCHES), (20, 0))
    taught_so = TokenCounts(20, 20, words | {"other": (0, 20)})
    assert combined_score(WATCHES, taught_so).log_odds < combined_score(WATCHES, TokenCounts()).log_odds - 1


def test_the_strongest_words_are_shown():
    assert (
        "in 20 spam and 0 published" in seen(LearnedFilter(), WATCHES, corpus=corpus(20, 20))["learned.spam"].evidence
    )


def test_traits_are_listed_without_quotes():
    looks = {token: (0, 20) for token in tokens(WATCHES) if token.startswith(TRAIT)}
    evidence = seen(LearnedFilter(), WATCHES, corpus=TokenCounts(20, 20, looks))["learned.spam"].evidence
    assert "a link (in 20 spam and 0 published)" in evidence
    assert "few words for its links (shipped model)" in evidence
    assert TRAIT not in evidence


def test_reasons_of_the_shipped_model_are_in_plain_words_and_omit_the_bias():
    assert "link" in seen(LearnedFilter(), ADVERT)["learned.spam"].evidence
    for comment in (ADVERT, HONEST, a_comment(content="ok")):
        assert not [s for s in seen(LearnedFilter(), comment).values() if "before anything" in s.evidence]


def test_without_a_readable_reason_the_evidence_names_the_label():
    assert reasons(HONEST, TokenCounts(), {}, spam=False) == "Reads like honest comments"
    assert reasons(a_comment(content="", author=""), TokenCounts(), {}, spam=True) == "Reads like spam"


@pytest.mark.parametrize(
    ("log_odds", "spam_at", "expected"),
    [(-50.0, math.inf, 0.0), (3.0, math.inf, 0.3), (50.0, math.inf, 0.588), (5.0, 5.0, 0.8), (50.0, 5.0, 1.0)],
)
def test_strength_grows_with_the_log_odds(log_odds, spam_at, expected):
    assert spam_strength(CombinedScore(log_odds, 3.0, spam_at)) == pytest.approx(expected, abs=1e-3)


def test_likelier_spam_has_more_points_among_held_comments():
    points = [spam_strength(CombinedScore(log_odds, 3.0, math.inf)) for log_odds in (3.0, 4.0, 6.0, 9.0)]
    assert points == sorted(set(points))


def test_the_points_at_each_threshold_hold_or_make_spam():
    weights = policy(LearnedFilter())
    assert weights.weights["learned.spam"] * 0.3 == pytest.approx(weights.hold_at)
    assert weights.weights["learned.spam"] * 0.8 == pytest.approx(weights.spam_at)


def test_a_probability_stays_between_zero_and_one():
    assert [CombinedScore(x, 0, 0).probability for x in (-1e9, 0.0, 1e9)] == [pytest.approx(p) for p in (0.0, 0.5, 1.0)]


def test_a_site_chooses_the_share_of_wrong_refusals():
    assert tuple(REFUSAL_RULES) == get_args(get_type_hints(Site)["refusals"])
    assert a_site().refusals == DEFAULT_REFUSALS
    bars = [care.spam_at(corpus(100, 100, bar=4.0)) for care in REFUSAL_RULES.values()]
    assert bars == sorted(bars, reverse=True)
    assert (bars[0], bars[2]) == (math.inf, 4.5)


def test_the_learned_filter_only_holds_if_the_site_allows_no_refusals():
    signals = seen(LearnedFilter(), WATCHES, refusals="none", corpus=corpus(500, 500))
    assert policy(LearnedFilter()).decide(signals.values(), NOW).action is Action.HOLD


def test_the_spam_threshold_falls_with_lessons_of_both_labels():
    bars = [REFUSAL_RULES[DEFAULT_REFUSALS].spam_at(TokenCounts(n, n)) for n in (14, 15, 115, 10_000)]
    assert bars == sorted(bars, reverse=True)
    assert bars[:2] == [math.inf, REFUSAL_RULES[DEFAULT_REFUSALS].fresh]
    assert bars[3] == pytest.approx(REFUSAL_RULES[DEFAULT_REFUSALS].taught, abs=0.1)
    assert REFUSAL_RULES[DEFAULT_REFUSALS].spam_at(TokenCounts(15, 10_000)) == REFUSAL_RULES[DEFAULT_REFUSALS].fresh


def test_the_weight_of_the_site_grows_with_lessons_of_both_labels():
    said = [combined_score(WATCHES, corpus(n, n)).log_odds for n in (0, 1, 7, 100)]
    assert said == sorted(said)
    assert combined_score(WATCHES, corpus(0, 500)).log_odds == pytest.approx(combined_score(WATCHES, NOTHING).log_odds)


def test_wrong_probabilities_of_lessons_shift_the_score_within_a_limit():
    def score(residual: int) -> float:
        return combined_score(WATCHES, replace(corpus(100, 100), residual=residual)).log_odds

    one_wrong, many = score(100) - score(0), score(100_000) - score(0)
    assert one_wrong == pytest.approx(SHIFT_RATE)
    assert many == pytest.approx(MAX_SHIFT) == score(0) - score(-100_000)
    assert [score(n) for n in (-300, 0, 50, 300)] == sorted(score(n) for n in (-300, 0, 50, 300))


def test_a_shift_towards_spam_refuses_no_comment():
    rule = REFUSAL_RULES[DEFAULT_REFUSALS]
    usual, towards_spam, towards_ham = (replace(corpus(100, 100), residual=n) for n in (0, 1000, -1000))
    assert rule.spam_at(towards_spam) == pytest.approx(rule.spam_at(usual) + 1)
    assert rule.spam_at(towards_ham) == rule.spam_at(usual)
    assert combined_score(WATCHES, towards_ham).log_odds < combined_score(WATCHES, usual).log_odds


def test_a_comment_that_the_shipped_model_finds_honest_needs_more_to_be_spam():
    thresholds = [combined_score(WATCHES, corpus(100, 100), prior=prior).spam_at for prior in (3.0, -2.0, -3.0, -6.0)]
    assert thresholds[0] == thresholds[1] < thresholds[2] < thresholds[3]
    assert combined_score(WATCHES, corpus(100, 100), "none", prior=-3.0).spam_at == math.inf


def test_the_shift_ends_when_the_probabilities_are_right():
    residual = 0.0
    for n in range(3000):
        log_odds = -1.5 + calibration_shift(residual)
        residual += 100 * ((n % 2 == 0) - probability(log_odds))
    assert log_odds == pytest.approx(0.0, abs=0.1)


def test_ham_lessons_alone_do_not_change_the_hold_threshold():
    assert hold_threshold(corpus(1000, 0)) == hold_threshold(NOTHING)


def test_spam_lessons_lower_the_hold_threshold_and_lessons_of_both_raise_it():
    assert hold_threshold(corpus(0, 20)) < hold_threshold(NOTHING)
    assert hold_threshold(corpus(0, 20)) < hold_threshold(corpus(20, 20)) < hold_threshold(NOTHING)

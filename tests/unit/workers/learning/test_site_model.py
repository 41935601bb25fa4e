"""Tokens are few and readable, and their log-odds grow with the number of lessons."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.storage.values import TokenCounts
from tests.support.builders import a_comment
from workers.learning.site_model import (
    MAX_TOKENS,
    has_enough_lessons,
    mean_log_odds,
    strongest_tokens,
    token_log_odds,
    token_log_odds_of,
    tokens,
)


def test_tokens_name_their_field():
    comment = a_comment(author="Bob Smith", url="http://bob.example/", content="Buy v1agra at http://shop.example/x")
    assert tokens(comment) >= {"author:bob", "author:smith", "url:bob.example", "link:shop.example", "buy", "viagra"}
    assert {"looks:1 links", "looks:digits as letters"} <= tokens(comment)


def test_tokens_contain_nothing_private():
    comment = a_comment(content="Hello there", email="secret@private.example", origin="origin-1", user_agent="agent-1")
    assert not [t for t in tokens(comment) if any(s in t for s in ("secret", "private", "origin", "agent"))]


@given(st.text(max_size=3000), st.text(max_size=300))
def test_tokens_are_few_and_short(content, author):
    found = tokens(a_comment(content=content, author=author))
    assert len(found) <= MAX_TOKENS
    assert all(0 < len(token) <= 32 for token in found)


def test_the_tokens_of_a_long_comment_are_limited():
    content = " ".join(f"word{chr(97 + n % 26)}{n}" for n in range(500)) + " ".join(f"h{n}.com" for n in range(50))
    assert 150 < len(tokens(a_comment(content=content))) <= MAX_TOKENS


@pytest.mark.parametrize(
    ("ham", "spam", "expected"), [(0, 0, 0.0), (0, 1, 2.795), (1, 0, -2.795), (5, 5, 0.0), (5, 10, 0.645)]
)
def test_the_log_odds_of_a_token_follow_its_frequencies(ham, spam, expected):
    assert token_log_odds(ham, spam, TokenCounts(20, 20)) == pytest.approx(expected, abs=1e-3)
    assert token_log_odds(ham, spam, TokenCounts(20, 20)) == pytest.approx(
        -token_log_odds(spam, ham, TokenCounts(20, 20))
    )


def test_a_word_of_one_lesson_says_less_than_the_same_share_of_many():
    few, many = TokenCounts(20, 20), TokenCounts(200, 200)
    assert 0 < token_log_odds(0, 1, few) < 0.6 * token_log_odds(0, 10, many)


@given(*[st.integers(0, 10**6)] * 4)
def test_no_token_is_ever_certain(ham, spam, lessons_ham, lessons_spam):
    assert math.isfinite(token_log_odds(ham, spam, TokenCounts(ham + lessons_ham, spam + lessons_spam)))


def test_many_lessons_of_one_label_do_not_change_a_rare_token():
    assert token_log_odds(0, 1, TokenCounts(2, 1000)) < token_log_odds(0, 1, TokenCounts(20, 20)) / 2
    assert token_log_odds(2, 1000, TokenCounts(2, 1000)) == pytest.approx(0.0)


def of_all(asked: set[str], seen: TokenCounts) -> float:
    return mean_log_odds(token_log_odds_of(asked, seen), len(asked))


def test_lessons_of_one_label_give_no_log_odds():
    assert of_all({"buy"}, TokenCounts(0, 50, {"buy": (0, 50)})) == pytest.approx(0.0)
    assert of_all({"essay"}, TokenCounts(50, 0, {"essay": (50, 0)})) == pytest.approx(0.0)


def test_a_site_without_lessons_has_no_log_odds():
    assert of_all({"buy"}, TokenCounts()) == 0.0


def lessons(ham: int, spam: int) -> TokenCounts:
    return TokenCounts(ham, spam, {"buy": (0, spam), "viagra": (0, spam), "essay": (ham, 0), "the": (ham, spam)})


def test_words_of_spam_raise_and_words_of_ham_lower_the_mean():
    seen = lessons(20, 20)
    assert of_all({"buy", "viagra", "the"}, seen) > 1
    assert of_all({"essay", "the"}, seen) < -1
    assert of_all({"the", "unheard"}, seen) == pytest.approx(0.0)


def test_unknown_words_pull_the_mean_towards_zero():
    assert 0 < of_all({"buy", "unheard"}, lessons(20, 20)) < of_all({"buy"}, lessons(20, 20))


def test_the_strongest_token_comes_first():
    seen = TokenCounts(20, 20, {"weak": (5, 10), "strong": (0, 20), "ham": (9, 0)})
    assert [
        clue.token for clue in strongest_tokens(token_log_odds_of({"weak", "strong", "ham"}, seen), seen, spam=True)
    ] == ["strong", "weak"]


def test_spam_can_be_refused_after_fifteen_lessons_of_each_label():
    assert not has_enough_lessons(TokenCounts(14, 15))
    assert not has_enough_lessons(TokenCounts(0, 10_000))
    assert has_enough_lessons(TokenCounts(15, 15))

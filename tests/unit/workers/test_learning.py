"""Tokens are few and readable, and what was taught is felt in proportion to how much was taught."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.storage import TokenCounts
from tests.builders import a_comment
from workers.learning import MAX_TOKENS, chi_squared, estimate, spamminess, tokens, trust


def test_tokens_say_where_they_were_found():
    comment = a_comment(author="Bob Smith", url="http://bob.example/", content="Buy v1agra at http://shop.example/x")
    assert tokens(comment) >= {"author:bob", "author:smith", "url:bob.example", "link:shop.example", "buy", "viagra"}
    assert {"looks:1 links", "looks:digits as letters"} <= tokens(comment)


def test_tokens_hold_nothing_private():
    comment = a_comment(content="Hello there", email="secret@private.example", origin="origin-1", user_agent="agent-1")
    assert not [t for t in tokens(comment) if any(s in t for s in ("secret", "private", "origin", "agent"))]


@given(st.text(max_size=3000), st.text(max_size=300))
def test_tokens_are_few_and_short(content, author):
    found = tokens(a_comment(content=content, author=author))
    assert len(found) <= MAX_TOKENS
    assert all(0 < len(token) <= 32 for token in found)


def test_a_long_comment_has_as_many_tokens_as_allowed_and_no_more():
    content = " ".join(f"word{chr(97 + n % 26)}{n}" for n in range(500)) + " ".join(f"h{n}.com" for n in range(50))
    assert 150 < len(tokens(a_comment(content=content))) <= MAX_TOKENS


@pytest.mark.parametrize(
    ("ham", "spam", "expected"), [(0, 0, 0.5), (0, 1, 1.225 / 1.45), (1, 0, 0.225 / 1.45), (5, 5, 0.5), (0, 20, 0.989)]
)
def test_a_token_is_as_spammy_as_it_was_often_in_spam(ham, spam, expected):
    assert spamminess(ham, spam, TokenCounts(20, 20)) == pytest.approx(expected, abs=1e-3)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_token_is_ever_certain(ham, spam, lessons_ham, lessons_spam):
    assert 0 < spamminess(ham, spam, TokenCounts(lessons_ham, lessons_spam)) < 1


def test_chi_squared_is_that_of_the_tables():
    assert chi_squared(3.841 * 0, 2) == 1.0
    assert chi_squared(5.991, 2) == pytest.approx(0.05, abs=1e-4)
    assert chi_squared(18.307, 10) == pytest.approx(0.05, abs=1e-4)
    assert chi_squared(1e6, 300) == 0.0


def test_nothing_is_known_before_the_first_lesson():
    assert estimate({"buy"}, TokenCounts()).probability == 0.5
    assert trust(TokenCounts()) == 0.0


def taught(ham: int, spam: int) -> TokenCounts:
    return TokenCounts(ham, spam, {"buy": (0, spam), "viagra": (0, spam), "essay": (ham, 0), "the": (ham, spam)})


def test_words_of_spam_make_spam_and_words_of_ham_ham():
    seen = taught(20, 20)
    assert estimate({"buy", "viagra", "the"}, seen).probability > 0.9
    assert estimate({"essay", "the"}, seen).probability < 0.2
    assert estimate({"the", "unheard"}, seen).probability == 0.5


def test_the_strongest_clue_comes_first():
    seen = TokenCounts(20, 20, {"weak": (5, 10), "strong": (0, 20)})
    assert [clue.token for clue in estimate({"weak", "strong"}, seen).clues] == ["strong", "weak"]


@given(st.sets(st.sampled_from(["a", "b", "c", "d", "e"])), st.lists(st.integers(0, 500), min_size=12, max_size=12))
def test_an_estimate_is_always_a_probability(asked, n):
    seen = TokenCounts(n[0], n[1], {t: (n[2 + 2 * k], n[3 + 2 * k]) for k, t in enumerate("abcde")})
    found = estimate(asked, seen).probability
    assert 0 <= found <= 1
    assert not math.isnan(found)


def test_trust_grows_with_lessons_of_both_kinds():
    assert 0 < trust(TokenCounts(0, 1)) < trust(TokenCounts(5, 5)) < trust(TokenCounts(14, 15)) < 0.5
    assert trust(TokenCounts(15, 15)) == 1.0
    assert trust(TokenCounts(0, 10_000)) < 0.3

"""Terms are found by indexes as a naive search finds them one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.expressions import compile_expression, is_expression
from workers.text.normalization import fold
from workers.text.term_matcher import MatchedTerm, TermMatcher, term_forms, term_pattern
from workers.text.tokens import UNSPACED_SCRIPT, WORD, words

PARTS = ("buy", "cheap", "pills", "t.me/", "$$$", "now", "casino", "c4sino", "賭場", "é", "a-b", "İ", "-")
TEXTS = st.lists(st.sampled_from((*PARTS, "pillsbuy", ",", "\n", "xpills")), max_size=9).map(" ".join)
TERMS = st.lists(
    st.tuples(
        st.one_of(
            st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).map(" ".join),
            st.sampled_from(("/pil+s/", "/^buy/", "/[0-9]{2}/", "/c(a|4)sino$/", "/(/")),
        ),
        st.booleans(),
    ),
    max_size=8,
)


def is_found(term: str, inside: bool, text: str) -> bool:
    if term != "/(/" and is_expression(term):
        expression = compile_expression(term[1:-1])
        return any(expression.search(view) for view in (text, fold(text).plain))
    for form in term_forms(term):
        is_inside = inside or bool(UNSPACED_SCRIPT.search(form))
        for view in (text.casefold(), fold(text).text):
            if WORD.fullmatch(form) and not is_inside:
                if form in words(view):
                    return True
            elif term_pattern(form, is_inside).search(view):
                return True
    return False


@given(TERMS, TEXTS)
def test_the_index_finds_what_a_naive_search_finds(terms: list[tuple[str, bool]], text: str) -> None:
    matcher = TermMatcher(MatchedTerm(term, inside, n) for n, (term, inside) in enumerate(terms))
    naive = [n for n, (term, inside) in enumerate(terms) if is_found(term, inside, text)]
    assert sorted(matcher.found(text)) == naive


def test_ten_thousand_terms_of_each_kind_are_found_each_once() -> None:
    terms = [f"word{n}" for n in range(10_000)]
    terms += [f"phrase{n} of {n % 7}words" for n in range(10_000)]
    terms += [f"sign-{n}." for n in range(10_000)]
    matcher = TermMatcher(MatchedTerm(term, False, term) for term in terms)
    assert set(matcher.found("word77 and phrase77 of 0words with sign-77. sign-77. word77")) == {
        "word77",
        "phrase77 of 0words",
        "sign-77.",
    }
    assert matcher.found("nothing of the kind") == ()


def test_lone_surrogates_do_not_break_a_search() -> None:
    matcher = TermMatcher([MatchedTerm("/a.c/", False, 1), MatchedTerm("t.me/", True, 2)])
    assert matcher.found("\ud800 abc t.me/x") == (2, 1)


@pytest.mark.parametrize("term", ["/(/", "/(?=x)/", r"/(a)\1/"])
def test_an_expression_that_an_earlier_version_stored_unchecked_is_compared_as_it_is_written(term: str) -> None:
    matcher = TermMatcher([MatchedTerm(term, True, "x")])
    assert matcher.found(f"see {term} there") == ("x",)
    assert matcher.found("see nothing there") == ()

"""Differences of two texts, word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from service.review.text_diff import MAX_COMPARED_WORDS, diff_html


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("one two three", "one two three", ""),
        ("one two three", "one 2 three", "one <del>two</del><ins>2</ins> three"),
        ("one three", "one two three", "one <ins>two </ins>three"),
        ("one two three", "one three", "one <del>two </del>three"),
        ("", "new", "<ins>new</ins>"),
        ("a<b", "a<i>", "a&lt;<del>b</del><ins>i&gt;</ins>"),
    ],
)
def test_deletions_and_insertions_are_marked(before: str, after: str, shown: str) -> None:
    assert diff_html(before, after) == shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_diff_contains_both_texts(before: str, after: str) -> None:
    shown = str(diff_html(before, after))
    if before != after:
        old = "".join(part.partition("</ins>")[2] if n else part for n, part in enumerate(shown.split("<ins>")))
        new = "".join(part.partition("</del>")[2] if n else part for n, part in enumerate(shown.split("<del>")))
        assert old.replace("<del>", "").replace("</del>", "") == escape(before)
        assert new.replace("<ins>", "").replace("</ins>", "") == escape(after)


def test_long_texts_that_differ_are_compared_quickly() -> None:
    before, after = "a b " * 10 * MAX_COMPARED_WORDS, "b a c " * 10 * MAX_COMPARED_WORDS
    began = time.process_time()
    shown = diff_html(before, after)
    assert time.process_time() - began < 1
    assert shown.count("<del>") == shown.count("<ins>") == 1

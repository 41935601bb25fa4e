"""Streams of `training.combine`: which comments become lessons, and how they are counted."""

import math
import random
from collections import Counter

import pytest

from tests.support.builders import a_comment
from training.combine import FEWEST_JUDGED, Judged, Review, cells, judged
from training.site_streams import Row


def rows(n: int) -> list[Row]:
    """Every second comment is spam with log-odds above 0."""
    return [Row(a_comment(content=f"word{k} bread"), 1.0 if k % 2 else -1.0, bool(k % 2)) for k in range(n)]


def lessons(review: Review, n: int = 400) -> Counter[int]:
    """Return the number of comments that are tested after each number of comments or lessons."""
    found: list[Judged] = list(judged("a", rows(n), random.Random(1), review))
    assert all(not row.spam or row.prior > 0 for row in found)
    return Counter(row.lessons for row in found if not row.taught)


def taught(review: Review) -> Counter[int]:
    return Counter(row.lessons for row in judged("a", rows(400), random.Random(1), review) if row.taught)


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        (Review(-math.inf, 1.0), {10: 10, 25: 15, 50: 25, 100: 50, 200: 100}),
        (Review(0.0, 0.0), {10: 5, 25: 7, 50: 13, 100: 25, 200: 50}),
        (Review(0.0, 0.0, counts_lessons=True), {10: 10, 25: 15, 50: 25, 100: 50, 200: 70}),
    ],
)
def test_comments_or_lessons_are_counted(review: Review, expected: dict[int, int]) -> None:
    assert taught(review) == expected


def test_a_stream_that_is_too_short_is_not_tested_after_that_many_lessons() -> None:
    assert set(lessons(Review(-math.inf, 1.0), 100 + FEWEST_JUDGED)) == {0, 10, 25, 50, 100}
    assert set(lessons(Review(0.0, 0.0, counts_lessons=True), 100 + FEWEST_JUDGED)) == {0, 10, 25, 50}


def test_errors_without_a_stream_are_a_dash() -> None:
    assert cells([0.0564, math.nan]) == ["0.056", "-"]

"""Shares, durations and comparisons as people read them."""

import pytest

from service.sites.number_texts import comparison, long_time, share_text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (0.0, "0 %"),
        (0.0004, "0.1 %"),
        (0.36, "36 %"),
        (0.996, "99.6 %"),
        (0.99999, "99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_only_nothing_is_0_percent_and_only_all_is_100_percent(share: float | None, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.04, "40 ms"), (3.25, "3.2 s"), (60, "1 min"), (1500, "25 min"), (3600, "1 h"), (5400, "1.5 h"),
     (90_000, "25 h"), (259_200, "3 days")],
)  # fmt: skip
def test_a_duration_has_one_unit(seconds: float | None, text: str) -> None:
    assert long_time(seconds) == text


def test_numbers_are_compared_with_the_range_before() -> None:
    assert comparison(12, 10, "the 7 days before") == "20 % more than in the 7 days before"
    assert comparison(5, 10, "the 7 days before") == "50 % less than in the 7 days before"
    assert comparison(10, 10, "the 7 days before") == "same as in the 7 days before"
    assert comparison(10, 0, "the 7 days before") == "none in the 7 days before"


def test_shares_are_compared_in_points() -> None:
    assert comparison(0.87, 0.84, "the 7 days before", points=True) == "3 points more than in the 7 days before"
    assert comparison(None, 0.84, "the 7 days before", points=True) == ""

"""Classification metrics agree with textbook examples."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replygate.evaluation.classification_metrics import Bin, brier, calibration, calibration_error, curve

LABELLED = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=1, max_size=60)


def test_spam_above_all_honest_comments_is_an_area_of_one():
    found = curve([3.0, 2.0, 1.0, 0.0], [True, True, False, False])
    assert (found.area, found.average_precision) == (1.0, 1.0)
    assert found.recall_at(0.0).recall == 1.0


def test_a_random_score_has_an_area_of_a_half():
    assert curve([1.0] * 4, [True, False, True, False]).area == 0.5


def test_recall_is_measured_at_a_false_positive_rate():
    found = curve([5, 4, 3, 2, 1, 0], [True, False, True, True, False, False])
    assert found.recall_at(0.0).recall == pytest.approx(1 / 3)
    assert found.recall_at(0.34).recall == 1.0
    assert found.recall_at(0.34).threshold == 2


@given(LABELLED)
def test_the_area_is_the_share_of_pairs_in_the_right_order(labelled):
    spam = [score for score, is_spam in labelled if is_spam]
    honest = [score for score, is_spam in labelled if not is_spam]
    found = curve([score for score, _ in labelled], [is_spam for _, is_spam in labelled])
    if not (spam and honest):
        assert math.isnan(found.area)
        return
    right = sum((s > h) + (s == h) / 2 for s in spam for h in honest)
    assert found.area == pytest.approx(right / len(spam) / len(honest))


def test_calibration_compares_predicted_with_observed_shares():
    bins = calibration([0.1, 0.1, 0.9, 0.9, 1.0], [False, False, True, False, True])
    assert [(b.n, b.actual) for b in bins] == [(2, 0.0), (3, pytest.approx(2 / 3))]
    assert calibration_error([Bin(2, 0.5, 0.0), Bin(2, 1.0, 1.0)]) == 0.25
    assert brier([1.0, 0.0, 0.5], [True, True, True]) == pytest.approx(1.25 / 3)
